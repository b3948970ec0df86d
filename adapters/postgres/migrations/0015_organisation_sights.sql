-- Where the config of each organisation was last read: one that is not found later is not taken for one that never was.
create table organisation_sights (
  repository text primary key,
  commit text not null
);

-- Up to when GitHub's log of deliveries was looked through, by its clock: a new process goes on from there.
create table sweeps (
  what text primary key,
  until timestamptz not null
);

-- Aggregates beside changes and releases: the rules of a repository, and previews.
alter table aggregates drop constraint aggregates_kind_check;
alter table aggregates add constraint aggregates_kind_check
  check (kind in ('change', 'release', 'governance', 'preview'));

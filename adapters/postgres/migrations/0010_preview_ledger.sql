-- The daily reports about the previews of a repository.
alter table aggregates drop constraint aggregates_kind_check;
alter table aggregates add constraint aggregates_kind_check
  check (kind in ('change', 'release', 'governance', 'preview', 'ledger'));

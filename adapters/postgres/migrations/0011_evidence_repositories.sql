-- Whose evidence it is: legal holds and removals are told in the audit logs of these repositories.
alter table evidence_blobs add column repositories text[] not null default '{}';
update evidence_blobs b set repositories = array(
  select repository from evidence_files f where f.blob = b.sha256
  union
  select repository from effects e
   where e.effect->>'kind' = 'packEvidence'
     and b.sha256 in (e.outcome->'value'->>'sha256', e.outcome->'value'->>'bundleSha256')
  order by 1
);

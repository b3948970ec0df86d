create index audit_by_aggregate on audit (repository, aggregate_kind, aggregate_key, seq);

-- Signed tree heads: at this moment the chain had so many entries with this root.
create table audit_heads (
  repository text not null,
  size       bigint not null,
  root       text not null,
  -- Roots of the complete subtrees, from which the next head goes on.
  frontier   jsonb not null,
  bundle     text not null,
  signed_at  timestamptz not null,
  primary key (repository, size)
);
create function refuse_head_change() returns trigger language plpgsql as $$
begin
  raise exception 'signed heads of the audit log are kept' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_heads_are_kept before update or delete on audit_heads
  for each row execute function refuse_head_change();
create trigger audit_heads_are_not_truncated before truncate on audit_heads
  for each statement execute function refuse_head_change();

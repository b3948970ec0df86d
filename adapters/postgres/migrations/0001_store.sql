-- Webhook deliveries: stored before they are acknowledged, "done" ends them.
create table deliveries (
  guid            text primary key,
  event           text not null,
  repository      text,
  installation_id bigint,
  -- The same happening under another GUID (two hooks, one comment) has the same business key.
  business_key    text unique,
  -- The raw body as text: jsonb refuses some documents that GitHub may send (U+0000).
  payload         text not null,
  -- The commit that a comment spoke about when it was stored: what is pushed later is not what was meant.
  frozen_sha      text,
  received_at     timestamptz not null,
  attempts        integer not null default 0,
  last_error      text,
  done_at         timestamptz,
  outcome         text,
  dead_at         timestamptz
);
create index deliveries_open on deliveries (received_at) where done_at is null and dead_at is null;

-- Where the App is installed.
create table repositories (
  repository      text primary key,
  installation_id bigint not null,
  default_branch  text,
  seen_at         timestamptz not null,
  removed_at      timestamptz
);

-- Changes and releases. A row lock serialises each of them.
create table aggregates (
  kind           text not null check (kind in ('change', 'release')),
  repository     text not null,
  key            text not null,
  sha            text,
  tracking_issue integer,
  closed         boolean not null default false,
  state          jsonb not null,
  version        bigint not null,
  created_at     timestamptz not null,
  updated_at     timestamptz not null,
  primary key (kind, repository, key)
);
create index aggregates_by_sha on aggregates (repository, sha);
create index aggregates_by_issue on aggregates (repository, tracking_issue) where tracking_issue is not null;
create index aggregates_open on aggregates (kind, repository) where not closed;

-- The outbox. The key is unique for ever: an effect decided twice is performed once.
create table effects (
  key            text primary key,
  -- The order in which effects were decided.
  seq            bigint generated always as identity,
  -- What the effect writes to: one effect of a lane is performed at a time.
  lane           text not null,
  aggregate_kind text not null,
  repository     text not null,
  aggregate_key  text not null,
  kind           text not null,
  effect         jsonb not null,
  not_before     timestamptz not null,
  state          text not null default 'pending' check (state in ('pending', 'done', 'failed')),
  attempts       integer not null default 0,
  last_error     text,
  outcome        jsonb,
  created_at     timestamptz not null,
  settled_at     timestamptz
);
create index effects_pending on effects (not_before) where state = 'pending';
create index effects_by_lane on effects (lane, seq) where state = 'pending';
create index effects_by_aggregate on effects (repository, aggregate_kind, aggregate_key);

-- The hash-chained audit log: one chain a repository, appended to and nothing else.
create table audit (
  repository     text not null,
  seq            bigint not null,
  hash           text not null,
  aggregate_kind text,
  aggregate_key  text,
  entry          jsonb not null,
  primary key (repository, seq)
);
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_is_append_only before update or delete on audit
  for each row execute function refuse_audit_change();
create trigger audit_is_not_truncated before truncate on audit
  for each statement execute function refuse_audit_change();

-- Gate results whose origin was verified.
create table gate_results (
  repository    text not null,
  sha           text not null,
  gate          text not null,
  result_sha256 text not null,
  run_id        bigint not null default 0,
  run_attempt   integer not null default 0,
  verdict       text not null,
  result        jsonb not null,
  origin        jsonb not null,
  received_at   timestamptz not null,
  primary key (repository, sha, gate, result_sha256, run_id, run_attempt)
);

-- Evidence bytes by their digest, and which result brought which file.
create table evidence_blobs (
  sha256     text primary key,
  media_type text not null,
  size       bigint not null,
  bytes      bytea not null,
  stored_at  timestamptz not null default now()
);
create table evidence_files (
  repository    text not null,
  sha           text not null,
  gate          text not null,
  result_sha256 text not null,
  path          text not null,
  media_type    text not null,
  blob          text not null references evidence_blobs (sha256),
  primary key (repository, sha, gate, result_sha256, path)
);

-- Identity tokens that were used; a token submits one result.
create table oidc_tokens (
  jti           text primary key,
  result_sha256 text not null,
  used_at       timestamptz not null,
  expires_at    timestamptz not null
);

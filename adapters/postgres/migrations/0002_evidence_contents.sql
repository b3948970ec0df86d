-- Evidence bytes in pieces of 512 KiB: nobody has to hold all of a large file, not even the server.
create table evidence_contents (
  sha256       text primary key,
  size         bigint not null,
  upload       uuid not null unique,
  retain_until timestamptz not null,
  held         boolean not null default false
);
create table evidence_pieces (
  upload uuid not null references evidence_contents (upload) on delete cascade deferrable initially deferred,
  piece  integer not null,
  bytes  bytea not null,
  primary key (upload, piece)
);
alter table evidence_pieces alter column bytes set storage external;

insert into evidence_contents (sha256, size, upload, retain_until)
  select sha256, size, gen_random_uuid(), stored_at + interval '400 days' from evidence_blobs;
insert into evidence_pieces (upload, piece, bytes)
  select c.upload, n, substring(b.bytes from n * 524288 + 1 for 524288)
    from evidence_blobs b join evidence_contents c using (sha256),
         generate_series(0, greatest((b.size - 1) / 524288, 0)::integer) n;

-- What was seen when the bytes arrived; null for bytes from before this was looked at.
alter table evidence_blobs drop column bytes;
alter table evidence_blobs add column crc32 bigint;
alter table evidence_blobs add column secret text;
alter table evidence_blobs add column retain_until timestamptz not null default now() + interval '400 days';
alter table evidence_blobs add column held_because text;

create function refuse_early_removal() returns trigger language plpgsql as $$
begin
  if old.held or old.retain_until > now() then
    raise exception 'evidence % is kept until %', old.sha256, old.retain_until
      using errcode = 'insufficient_privilege';
  end if;
  return old;
end $$;
create trigger evidence_is_retained before delete on evidence_contents
  for each row execute function refuse_early_removal();

create function refuse_shorter_retention() returns trigger language plpgsql as $$
begin
  if new.retain_until < old.retain_until or new.sha256 <> old.sha256 or new.upload <> old.upload then
    raise exception 'evidence % keeps its content and its time', old.sha256
      using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger evidence_retention_grows before update on evidence_contents
  for each row execute function refuse_shorter_retention();

-- Pieces go only with their content.
create function refuse_piece_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and pg_trigger_depth() > 1 then return old; end if;
  raise exception 'evidence is never changed' using errcode = 'insufficient_privilege';
end $$;
create trigger evidence_pieces_stay before update or delete on evidence_pieces
  for each row execute function refuse_piece_change();
create trigger evidence_pieces_are_not_truncated before truncate on evidence_pieces
  for each statement execute function refuse_piece_change();
create trigger evidence_contents_are_not_truncated before truncate on evidence_contents
  for each statement execute function refuse_piece_change();

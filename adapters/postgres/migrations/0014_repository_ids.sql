-- GitHub's number of a repository stays when its name changes; everything here is kept under its name of today. `chain`
-- is the name under which its audit log began, where that is another one: a log is never rewritten.
alter table repositories add column id bigint;
alter table repositories add column chain text;
create unique index repositories_by_id on repositories (id);
create index repositories_by_chain on repositories (chain);

-- Names that a repository had. Whoever is called so now is somebody else and inherits nothing.
create table former_names (
  repository text not null,
  id         bigint not null,
  left_at    timestamptz not null,
  primary key (repository, id)
);

alter table deliveries add column repository_id bigint;
-- The key under which an effect left its mark on GitHub, where the effect was moved to another name since.
alter table effects add column marked_as text;

-- A name that a repository had, and that nobody has now whose number is known.
create function is_former_name(name text) returns boolean language plpgsql as $$
begin
  return exists (select from former_names f where f.repository = name)
    and not exists (select from repositories r where r.repository = name and r.id is not null);
end $$;

-- What was decided for a repository while it got another name is decided again: nothing is stored under the old one.
create function refuse_former_name() returns trigger language plpgsql as $$
begin
  if is_former_name(new.repository) then
    raise exception '% has another name now', new.repository using errcode = 'RC001';
  end if;
  return new;
end $$;
create trigger aggregates_have_todays_name before insert on aggregates
  for each row execute function refuse_former_name();
create trigger results_have_todays_name before insert on gate_results
  for each row execute function refuse_former_name();
create trigger runs_have_todays_name before insert on workflow_runs
  for each row execute function refuse_former_name();

-- Under which name the log of a repository is kept. A name that nobody took over still leads to the log.
create function audit_chain(name text) returns text language plpgsql stable as $$
begin
  return coalesce(
    (select coalesce(r.chain, r.repository) from repositories r where r.repository = name),
    (select coalesce(r.chain, r.repository) from former_names f join repositories r using (id)
      where f.repository = name order by f.left_at desc limit 1),
    name);
end $$;

-- Whose log it is, by their name of today.
create function audit_name(log text) returns text language sql stable as $$
  select coalesce((select r.repository from repositories r where r.chain = log), log)
$$;

-- As before, for the log of whoever has this name now; `chain` is that name.
create or replace function append_audit(chain text, kind text, key text, opening text[], middle text[], ending text[])
returns void language plpgsql as $$
declare
  log   text;
  moved boolean;
  place bigint;
  last  text;
  link  text;
begin
  log := coalesce((select coalesce(r.chain, r.repository) from repositories r where r.repository = $1), audit_chain($1));
  perform pg_advisory_xact_lock(hashtextextended('audit/' || log, 0));
  -- A statement of its own behind the lock: it sees what the one before committed. Only a name that was ever given up
  -- has to be looked at twice.
  select
    coalesce((select coalesce(r.chain, r.repository) from repositories r where r.repository = $1) <> log, false)
      or case when exists (select from former_names f where f.repository = $1)
           then is_former_name($1) or audit_chain($1) <> log else false end,
    newest.seq, newest.hash
  into moved, place, last
  from (select) as one left join lateral
    (select a.seq, a.hash from audit a where a.repository = log order by a.seq desc limit 1) newest on true;
  if moved then
    raise exception '% has another name now', $1 using errcode = 'RC001';
  end if;
  for n in 1 .. cardinality(opening) loop
    place := coalesce(place, 0) + 1;
    link := ',"prevHash":"' || coalesce(last, repeat('0', 64)) || '",' || middle[n] || ',"seq":' || place || ending[n];
    last := encode(sha256(convert_to(opening[n] || link, 'UTF8')), 'hex');
    insert into audit (repository, seq, hash, aggregate_kind, aggregate_key, entry)
      values (log, place, last, kind, key, (opening[n] || ',"hash":"' || last || '"' || link)::jsonb);
  end loop;
end $$;

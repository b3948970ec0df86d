-- Entries are numbered, chained and hashed where they are stored, in the message that commits them: the chain is
-- locked for microseconds, not for round trips. `opening`, `middle` and `ending` are the parts of an entry's canonical
-- JSON (RFC 8785) around its hash, its predecessor's hash and its number.
create function append_audit(chain text, kind text, key text, opening text[], middle text[], ending text[])
returns void language plpgsql as $$
declare
  place bigint;
  last  text;
  link  text;
begin
  perform pg_advisory_xact_lock(hashtextextended('audit/' || chain, 0));
  -- A statement of its own behind the lock: it sees what the one before committed.
  select a.seq, a.hash into place, last from audit a where a.repository = chain order by a.seq desc limit 1;
  for n in 1 .. cardinality(opening) loop
    place := coalesce(place, 0) + 1;
    link := ',"prevHash":"' || coalesce(last, repeat('0', 64)) || '",' || middle[n] || ',"seq":' || place || ending[n];
    last := encode(sha256(convert_to(opening[n] || link, 'UTF8')), 'hex');
    insert into audit (repository, seq, hash, aggregate_kind, aggregate_key, entry)
      values (chain, place, last, kind, key, (opening[n] || ',"hash":"' || last || '"' || link)::jsonb);
  end loop;
end $$;

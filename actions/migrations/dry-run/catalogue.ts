import type { ThrowawayDatabase } from '../../../core/ports/database.ts';

/** Everything that a migration can shape, one definition for each name: `column orders.total` → `numeric not null`. */
export type Catalogue = ReadonlyMap<string, string>;

export interface Difference {
  readonly object: string;
  readonly before: string | null;
  readonly after: string | null;
}

const inSchema = (oid: string): string => `JOIN pg_namespace n ON n.oid = ${oid}`;
const ours = (classid: string, oid: string): string =>
  `n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp%'
   AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '${classid}'::regclass AND e.objid = ${oid} AND e.deptype = 'e')`;
const relation = `format('%I.%I', n.nspname, c.relname)`;
/** Who may do what, in one order; what Postgres would grant anyway says nothing, written out or not. */
const granted = (acl: string, kind: string, owner: string): string =>
  `(SELECT 'granted ' || string_agg(g::text, ',' ORDER BY g::text) FROM unnest(${acl}) g
    WHERE NOT g = ANY (acldefault('${kind}', ${owner})))`;
const ownedByAnother = (owner: string): string =>
  `CASE WHEN pg_get_userbyid(${owner}) <> current_user THEN 'owned by ' || pg_get_userbyid(${owner}) END`;

/** One query an object kind; each gives `name` and `definition` in words that do not depend on object ids. */
const parts: readonly { readonly kind: string; readonly sql: string }[] = [
  {
    kind: 'schema',
    sql: `SELECT n.nspname::text AS name, concat_ws(' ', ${granted('n.nspacl', 'n', 'n.nspowner')},
        ${ownedByAnother('n.nspowner')}) AS definition FROM pg_namespace n
      WHERE ${ours('pg_namespace', 'n.oid')}`,
  },
  { kind: 'extension', sql: `SELECT extname::text AS name, extversion AS definition FROM pg_extension` },
  {
    kind: 'relation',
    sql: `SELECT ${relation} AS name, concat_ws(' ',
        CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
          WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE c.relkind::text END,
        CASE c.relpersistence WHEN 'u' THEN 'unlogged' END, c.reloptions::text,
        CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END, pg_get_expr(c.relpartbound, c.oid),
        CASE WHEN c.relrowsecurity THEN 'row security' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END,
        CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
        (SELECT 'inherits ' || string_agg(h.inhparent::regclass::text, ', ' ORDER BY h.inhseqno)
          FROM pg_inherits h WHERE h.inhrelid = c.oid),
        CASE WHEN c.relreplident IN ('f', 'n') AND c.relkind IN ('r', 'p', 'm')
          THEN 'replica identity ' || c.relreplident::text END,
        ${ownedByAnother('c.relowner')}, ${granted('c.relacl', 'r', 'c.relowner')},
        'comment ' || quote_literal(obj_description(c.oid, 'pg_class'))) AS definition
      FROM pg_class c ${inSchema('c.relnamespace')}
      WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${ours('pg_class', 'c.oid')}`,
  },
  {
    kind: 'column',
    sql: `SELECT ${relation} || '.' || quote_ident(a.attname) AS name, concat_ws(' ',
        format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
        CASE WHEN a.attgenerated <> '' THEN 'generated' WHEN d.oid IS NOT NULL THEN 'default' END,
        pg_get_expr(d.adbin, d.adrelid), 'identity ' || nullif(a.attidentity::text, ''),
        (SELECT 'collate ' || quote_ident(o.collname) FROM pg_collation o JOIN pg_type t ON t.oid = a.atttypid
          WHERE o.oid = a.attcollation AND a.attcollation <> t.typcollation),
        CASE WHEN a.attstorage <> y.typstorage THEN 'storage ' || a.attstorage::text END,
        'compression ' || nullif(to_jsonb(a) ->> 'attcompression', ''),
        'statistics ' || nullif(a.attstattarget, -1), 'options ' || a.attoptions::text,
        'granted ' || nullif(a.attacl::text, '{}'), 'comment ' || quote_literal(col_description(c.oid, a.attnum))) AS definition
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid ${inSchema('c.relnamespace')}
      JOIN pg_type y ON y.oid = a.atttypid
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
        AND ${ours('pg_class', 'c.oid')}`,
  },
  {
    kind: 'constraint',
    sql: `SELECT coalesce(k.conrelid::regclass::text, k.contypid::regtype::text) || '.' || quote_ident(k.conname) AS name,
        pg_get_constraintdef(k.oid) || CASE WHEN k.convalidated THEN '' ELSE ' (not validated)' END AS definition
      FROM pg_constraint k ${inSchema('k.connamespace')}
      WHERE (k.conrelid <> 0 OR k.contypid <> 0) AND k.contype <> 't' AND ${ours('pg_constraint', 'k.oid')}
        AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.deptype = 'e'
          AND (e.objid = k.conrelid OR e.objid = k.contypid) AND e.objid <> 0)`,
  },
  {
    kind: 'index',
    sql: `SELECT ${relation} AS name, pg_get_indexdef(c.oid)
        || CASE WHEN i.indisvalid THEN '' ELSE ' (invalid)' END || CASE WHEN i.indisclustered THEN ' (clustered)' ELSE '' END
        || CASE WHEN i.indisreplident THEN ' (replica identity)' ELSE '' END AS definition
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid ${inSchema('c.relnamespace')}
      WHERE ${ours('pg_class', 'i.indrelid')}`,
  },
  {
    kind: 'sequence',
    sql: `SELECT ${relation} AS name, concat_ws(' ', format_type(s.seqtypid, NULL), 'start', s.seqstart, 'by', s.seqincrement,
        'from', s.seqmin, 'to', s.seqmax, CASE WHEN s.seqcycle THEN 'cycle' END, 'cache ' || nullif(s.seqcache, 1),
        (SELECT 'owned by ' || string_agg(pg_describe_object(e.refclassid, e.refobjid, e.refobjsubid), ', ') FROM pg_depend e
          WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'a'),
        ${granted('c.relacl', 's', 'c.relowner')}) AS definition
      FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid ${inSchema('c.relnamespace')}
      WHERE ${ours('pg_class', 'c.oid')}`,
  },
  {
    kind: 'trigger',
    sql: `SELECT ${relation} || '.' || quote_ident(t.tgname) AS name,
        pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text AS definition
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid ${inSchema('c.relnamespace')}
      WHERE NOT t.tgisinternal AND ${ours('pg_class', 'c.oid')}`,
  },
  {
    kind: 'rule',
    sql: `SELECT ${relation} || '.' || quote_ident(r.rulename) AS name, pg_get_ruledef(r.oid) AS definition
      FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class ${inSchema('c.relnamespace')}
      WHERE r.rulename <> '_RETURN' AND ${ours('pg_class', 'c.oid')}`,
  },
  {
    kind: 'policy',
    sql: `SELECT ${relation} || '.' || quote_ident(p.polname) AS name, concat_ws(' ', p.polcmd::text,
        CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
        (SELECT string_agg(coalesce(o.rolname::text, 'public'), ',' ORDER BY o.rolname) FROM unnest(p.polroles) r (id)
          LEFT JOIN pg_roles o ON o.oid = r.id),
        'using ' || pg_get_expr(p.polqual, p.polrelid), 'check ' || pg_get_expr(p.polwithcheck, p.polrelid)) AS definition
      FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid ${inSchema('c.relnamespace')}
      WHERE ${ours('pg_class', 'c.oid')}`,
  },
  {
    kind: 'routine',
    sql: `SELECT format('%I.%I(%s)', n.nspname, f.proname, pg_get_function_identity_arguments(f.oid)) AS name,
        concat_ws(' ', CASE WHEN f.prokind IN ('f', 'p', 'w') THEN pg_get_functiondef(f.oid) ELSE 'aggregate' END,
          ${ownedByAnother('f.proowner')}, ${granted('f.proacl', 'f', 'f.proowner')},
          CASE WHEN f.proacl IS NOT NULL AND NOT EXISTS (SELECT FROM unnest(f.proacl) g WHERE g::text LIKE '=%')
            THEN 'not for public' END) AS definition
      FROM pg_proc f ${inSchema('f.pronamespace')} WHERE ${ours('pg_proc', 'f.oid')}`,
  },
  {
    kind: 'type',
    sql: `SELECT format('%I.%I', n.nspname, t.typname) AS name, concat_ws(' ',
        CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'composite' END,
        (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_enum e
          WHERE e.enumtypid = t.oid),
        CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
        CASE WHEN t.typnotnull THEN 'not null' END, 'default ' || t.typdefault,
        ${granted('t.typacl', 'T', 't.typowner')}) AS definition
      FROM pg_type t ${inSchema('t.typnamespace')} LEFT JOIN pg_class c ON c.oid = t.typrelid
      WHERE (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c') AND ${ours('pg_type', 't.oid')}`,
  },
  {
    kind: 'statistics',
    sql: `SELECT format('%I.%I', n.nspname, s.stxname) AS name, pg_get_statisticsobjdef(s.oid) AS definition
      FROM pg_statistic_ext s ${inSchema('s.stxnamespace')} WHERE ${ours('pg_statistic_ext', 's.oid')}`,
  },
  {
    kind: 'default privileges',
    sql: `SELECT pg_get_userbyid(d.defaclrole) || ' ' || d.defaclobjtype::text || coalesce(' in ' || n.nspname, '') AS name,
        (SELECT string_agg(g::text, ',' ORDER BY g::text) FROM unnest(d.defaclacl) g) AS definition
      FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace`,
  },
  {
    kind: 'publication',
    sql: `SELECT p.pubname::text AS name, concat_ws(' ', CASE WHEN p.puballtables THEN 'all tables' END,
        p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
        (SELECT string_agg(format('%I.%I', t.schemaname, t.tablename), ', ' ORDER BY 1) FROM pg_publication_tables t
          WHERE t.pubname = p.pubname)) AS definition
      FROM pg_publication p`,
  },
  {
    // The rest by name: what makes them differ without being made anew is rare.
    kind: 'object',
    sql: `SELECT i.type || ' ' || i.identity AS name, '' AS definition
      FROM (${['pg_event_trigger', 'pg_cast', 'pg_operator', 'pg_opclass', 'pg_collation', 'pg_conversion', 'pg_foreign_data_wrapper', 'pg_foreign_server', 'pg_ts_config', 'pg_ts_dict', 'pg_transform'].map((table) => `SELECT '${table}'::regclass AS class, oid FROM ${table}`).join(' UNION ALL ')}) AS o,
        pg_identify_object(o.class, o.oid, 0) i
      WHERE o.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend e
        WHERE e.classid = o.class AND e.objid = o.oid AND e.deptype = 'e')`,
  },
  {
    // Those on tables, views and columns stand in their definitions.
    kind: 'comment on',
    sql: `SELECT i.type || ' ' || i.identity AS name, d.description AS definition
      FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i
      WHERE (d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass)
        AND NOT EXISTS (SELECT FROM pg_class c WHERE d.classoid = 'pg_class'::regclass AND c.oid = d.objoid
          AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c'))
        AND NOT EXISTS (SELECT FROM pg_depend e
          WHERE e.classid = d.classoid AND e.objid = d.objoid AND e.deptype = 'e')`,
  },
];

const snapshotQuery = parts
  .map(({ kind, sql }) => `SELECT '${kind}' AS kind, name, definition FROM (${sql}) AS part`)
  .join('\nUNION ALL\n');

/**
 * The whole catalogue in a canonical form. The order of columns is left out: Postgres can only add at the end, so
 * no way down could bring it back.
 */
export async function readCatalogue(database: ThrowawayDatabase): Promise<Catalogue> {
  const rows = await database.query(snapshotQuery);
  return new Map(rows.map(({ kind, name, definition }) => [`${kind} ${name}`, String(definition ?? '')]));
}

/** What one catalogue has and the other has not, or defines in another way, sorted by name. */
export function compareCatalogues(before: Catalogue, after: Catalogue): readonly Difference[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((object) => {
    const [old, now] = [before.get(object) ?? null, after.get(object) ?? null];
    return old === now ? [] : [{ object, before: old, after: now }];
  });
}

import type { ThrowawayDatabase } from '../../../core/ports/database.ts';

/** How the catalogue says that rows of one tenant are kept from another. */
export interface TenantTable {
  readonly table: string;
  /** Null when the table has no column of that name and was named by a pattern. */
  readonly columnNullable: boolean | null;
  readonly rowSecurity: boolean;
  readonly forced: boolean;
  readonly policies: readonly TenantPolicy[];
  /** Views that read the table with their owner's rights. */
  readonly ownerViews: readonly string[];
}

export interface TenantPolicy {
  readonly name: string;
  readonly permissive: boolean;
  /** `*`, or `r`, `a`, `w`, `d` for select, insert, update, delete. */
  readonly command: string;
  /** Rows that may be read; null when the policy does not say. */
  readonly using: string | null;
  /** Rows that may be written; null: as `using`. */
  readonly check: string | null;
}

const query = `SELECT CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END AS name,
    NOT a.attnotnull AS nullable, a.attname IS NOT NULL AS has_column, c.relrowsecurity AS secured, c.relforcerowsecurity AS forced,
    coalesce((SELECT json_agg(json_build_object('name', p.polname, 'permissive', p.polpermissive,
        'command', p.polcmd, 'using', pg_get_expr(p.polqual, p.polrelid),
        'check', pg_get_expr(p.polwithcheck, p.polrelid)) ORDER BY p.polname)
      FROM pg_policy p WHERE p.polrelid = c.oid), '[]') AS policies,
    coalesce((SELECT json_agg(DISTINCT v.relname) FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
        JOIN pg_class v ON v.oid = r.ev_class
      WHERE d.refobjid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.classid = 'pg_rewrite'::regclass
        AND v.oid <> c.oid AND NOT coalesce(v.reloptions::text ~* 'security_invoker=(true|on|1)', false)), '[]') AS views
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = $1 AND NOT a.attisdropped
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\\_temp%' ORDER BY 1`;

/** Reads every table that has the tenant column or that the pattern names. */
export async function readTenantTables(
  database: ThrowawayDatabase,
  column: string,
  isNamed: (table: string) => boolean,
): Promise<readonly TenantTable[]> {
  const rows = await database.query(query, [column]);
  return rows
    .filter((row) => row.has_column === true || isNamed(String(row.name)))
    .map((row) => ({
      table: String(row.name),
      columnNullable: row.has_column === true ? row.nullable === true : null,
      rowSecurity: row.secured === true,
      forced: row.forced === true,
      policies: row.policies as readonly TenantPolicy[],
      ownerViews: row.views as readonly string[],
    }));
}

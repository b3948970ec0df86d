import { globMatcher } from '../../../core/gate/glob.ts';
import type { Finding } from '../../../core/gate/result.ts';
import type { DryRun } from '../facts.ts';
import type { MigrationsOptions } from '../options.ts';
import type { TenantPolicy, TenantTable } from './tenants.ts';

export interface TenantsJudgement {
  readonly findings: readonly Finding[];
  readonly inconclusive: boolean;
}

/** Whether every table with rows of tenants keeps them apart, as the catalogue says after the dry run. */
export function judgeTenants({ tenant }: MigrationsOptions, run: DryRun): TenantsJudgement {
  if (tenant === undefined) return { findings: [], inconclusive: false };
  if (run.state !== 'done' || run.tenants === null) {
    const finding: Finding = {
      code: 'tenants-not-seen',
      level: 'warning',
      message: 'Row-level security was not checked: only a dry run shows what the catalogue says in the end.',
      help: 'Give the gate a Postgres server with database-url.',
    };
    return { findings: [finding], inconclusive: true };
  }
  const isExempt = globMatcher(tenant.except);
  const tables = run.tenants.filter(({ table }) => !isExempt(table));
  if (tables.length === 0) return { findings: [noTables(tenant.column)], inconclusive: false };
  return {
    findings: tables.flatMap((table) => [...problemsOf(table, tenant.column)]),
    inconclusive: false,
  };
}

function noTables(column: string): Finding {
  return {
    code: 'tenant-tables-missing',
    level: 'warning',
    message: `No table has the tenant column \`${column}\`: nothing was checked.`,
    help: 'Correct tenant.column, or name the tables in tenant.tables.',
  };
}

function* problemsOf(tenant: TenantTable, column: string): Generator<Finding> {
  const { table } = tenant;
  const problem = (code: string, level: Finding['level'], message: string, help: string): Finding => ({
    code,
    level,
    message: `\`${table}\` ${message}`,
    help,
    data: { table },
  });
  if (!tenant.rowSecurity) {
    yield problem(
      'tenant-rls-missing',
      'error',
      'holds rows of tenants without row-level security.',
      `ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY; and a policy on ${column}.`,
    );
    return;
  }
  if (!tenant.forced) {
    yield problem(
      'tenant-rls-not-forced',
      'error',
      'does not force row-level security: its owner, as whom most applications connect, sees every row.',
      `ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;`,
    );
  }
  if (!tenant.policies.some(({ permissive }) => permissive)) {
    yield problem(
      'tenant-policy-missing',
      'error',
      'has no policy that lets rows through.',
      `CREATE POLICY … ON ${table} USING (${column} = current_setting('app.tenant')::…);`,
    );
  }
  for (const policy of tenant.policies.filter(isOpen)) {
    yield problem(
      'tenant-policy-open',
      'error',
      `has the policy \`${policy.name}\`, which lets every row through whoever asks.`,
      `Compare ${column} with the tenant of the session in it, or make it RESTRICTIVE.`,
    );
  }
  if (tenant.columnNullable === true) {
    yield problem(
      'tenant-column-nullable',
      'warning',
      `allows NULL in \`${column}\`: such a row belongs to nobody and is seen by nobody.`,
      `Make ${column} NOT NULL.`,
    );
  }
  for (const view of tenant.ownerViews) {
    yield problem(
      'tenant-view-bypasses-rls',
      'warning',
      `is read by the view \`${view}\` with its owner's rights: policies are those of the owner.`,
      `ALTER VIEW ${view} SET (security_invoker = true);`,
    );
  }
}

/** A permissive policy is one more way in: `true` in it opens the table, whatever the others say. */
function isOpen({ permissive, using, check }: TenantPolicy): boolean {
  return permissive && (using === 'true' || check === 'true');
}

import { z } from 'zod';
import { cypherRules } from './cypher/rules.ts';
import { type NamedThing, namedThings } from './rules/naming-convention.ts';
import { rules } from './rules/registry.ts';
import { layouts } from './section.ts';

const ruleSchema = z.enum([...rules, ...cypherRules].map((rule) => rule.name) as [string, ...string[]]);

/** Findings of the dry run and of contracts that an exception can excuse, beside the rules. */
export const observedCodes = [
  'observed-rewrite',
  'observed-scan-under-lock',
  'builder-not-judged',
  'migration-not-read',
  'mixed-transaction',
  'duplicate-version',
  'statement-under-exclusive-lock',
  'lock-held-too-long',
  'contract-broken',
  'contract-changed',
  'contract-tightened',
] as const;

const exceptionSchema = z.strictObject({
  rule: z
    .enum([...ruleSchema.options, ...observedCodes])
    .describe('Name of the rule, or code of an observation'),
  path: z.string().describe('Glob of the files it holds for'),
  reason: z.string().min(10).describe('Why this is safe here; shown in the report'),
  owner: z.string().optional().describe('Who answers for it'),
  expires: z.iso.date().optional().describe('Last day on which it holds (UTC); an expired one is an error'),
});
export type RuleException = z.infer<typeof exceptionSchema>;

const forwardFixSchema = z.strictObject({
  path: z.string().describe('Glob of the migrations'),
  plan: z.string().min(10).describe('What is done instead of going back'),
  owner: z.string().describe('Who does it'),
});

const tenantSchema = z.strictObject({
  column: z.string().default('tenant_id').describe('Column that says whose row it is'),
  tables: z.array(z.string()).default([]).describe('Further tables, as globs of their names'),
  except: z.array(z.string()).default([]).describe('Tables with the column that belong to nobody, as globs'),
});

const namePattern = z
  .string()
  .refine(isPattern, 'expected a regular expression')
  .describe('Regular expression');
const namingSchema = z.strictObject(
  Object.fromEntries(namedThings.map((thing) => [thing, namePattern.optional()])) as Record<
    NamedThing,
    z.ZodOptional<typeof namePattern>
  >,
);

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}

const contractsSchema = z.strictObject({
  declared: z
    .array(z.string())
    .default(['db/contracts/**/*.{yml,yaml}'])
    .describe('Contract files: version: 1, reads and writes with columns by table'),
  code: z
    .array(z.string())
    .default([
      '**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs,py,go,rb,java,kt,cs,php,rs,ex,exs,prisma}',
      '**/db/structure.sql',
      '!**/{node_modules,dist,vendor,test,tests}/**',
      '!**/migrations/**',
    ])
    .describe('Source files whose SQL, and models of ORMs, count as used'),
});

/** Where tools keep migrations that are programs or documents: Rails, Laravel, Ecto, goose, Flyway, Alembic, Django, EF, Liquibase. */
const foreignPaths = [
  '**/{migrations,migrate}/*.{go,rb,py,php,exs,cs}',
  '**/{migration,migrations}/V*__*.{java,kt}',
  '{alembic,migrations}/versions/*.py',
  '**/db/changelog/**/*.{xml,yaml,yml,json}',
  '!**/{node_modules,vendor,test,tests}/**',
];

/** The section `gates.migrations` of the config. */
export const migrationsOptionsSchema = z.strictObject({
  paths: z
    .array(z.string())
    .min(1)
    .default([
      'migrations/**/*.sql',
      'db/migrations/**/*.sql',
      'db/migrate/**/*.sql',
      'sql/migrations/**/*.sql',
      'prisma/migrations/**/*.sql',
      'drizzle/**/*.sql',
      'supabase/migrations/**/*.sql',
      'migrations/**/*.{js,cjs,mjs,ts}',
      'db/migrations/**/*.{js,cjs,mjs,ts}',
    ])
    .describe('Globs of the migration files; scripts count when their name begins with a number'),
  cypher_paths: z
    .array(z.string())
    .default(['migrations/**/*.{cypher,cql}', 'neo4j/migrations/**/*.{cypher,cql}'])
    .describe('Globs of Cypher migrations for Neo4j'),
  layout: z
    .enum(['auto', ...layouts])
    .default('auto')
    .describe('Tool that runs the files; `auto` reads it from their markers and names'),
  placeholders: z
    .record(z.string(), z.string())
    .default({})
    .describe('Values of the placeholders of Flyway and goose for the dry run, by name'),
  foreign_paths: z
    .array(z.string())
    .default(foreignPaths)
    .describe(
      'Globs of migrations in languages that are not read, named by a version: a new one leaves the verdict open',
    ),
  postgres_version: z
    .int()
    .min(9)
    .max(30)
    .default(15)
    .describe('Major version of the server in production: some statements are safe from a version on'),
  assume_in_transaction: z
    .boolean()
    .default(false)
    .describe('The tool that runs plain SQL files wraps each in a transaction'),
  exclude_rules: z.array(ruleSchema).default([]).describe('Rules that are not run'),
  include_rules: z
    .array(ruleSchema)
    .default([])
    .describe('Rules that run only when asked for (marked opt-in in the list below)'),
  warn_rules: z.array(ruleSchema).default([]).describe('Rules whose findings warn instead of blocking'),
  exceptions: z.array(exceptionSchema).default([]).describe('Named, reasoned, time-boxed exceptions'),
  naming: namingSchema
    .optional()
    .describe('Patterns that whole new names must match; the rule `naming-convention`'),
  inline_ignores: z
    .enum(['allow', 'refuse'])
    .default('allow')
    .describe(
      'Whether `-- squawk-ignore rule` above a statement counts; what it hides is shown as a warning',
    ),
  dry_run: z
    .enum(['auto', 'required', 'off'])
    .default('auto')
    .describe('Run the migrations on a throw-away Postgres: when one can be had, always, or never'),
  dry_run_timeout_ms: z
    .int()
    .min(100)
    .max(86_400_000)
    .default(600_000)
    .describe(
      'How long the dry run may take altogether (ms); then it is stopped and the verdict is inconclusive',
    ),
  dry_run_setup: z
    .array(z.string())
    .default([])
    .describe(
      'SQL files to run before the migrations in a dry run, such as a schema dump or data to compare',
    ),
  restored_copy: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Database on the server of database-url that holds a restored copy: the dry run works on a copy of it and applies only what is under test',
    ),
  lock_budget_ms: z
    .int()
    .min(1)
    .default(500)
    .describe(
      'How long a statement may run while it blocks writes to a table (ms), as the dry run measures it',
    ),
  irreversible: z
    .enum(['warn', 'refuse', 'allow'])
    .default('warn')
    .describe('What a migration without a way back is, as long as no forward fix is acknowledged'),
  forward_fixes: z
    .array(forwardFixSchema)
    .default([])
    .describe('Acknowledged plans for migrations that cannot be undone (or `-- forward-fix: …` in the file)'),
  tenant: tenantSchema
    .optional()
    .describe('Tables that hold rows of several tenants must force row-level security'),
  contracts: contractsSchema
    .prefault({})
    .describe('Where the base branch says what the running version reads and writes'),
  changes: z
    .array(z.string())
    .default(['db/changes/**/*.{yml,yaml}', 'migrations/changes/**/*.{yml,yaml}'])
    .describe('Globs of the files that plan changes over several releases'),
});
export type MigrationsOptions = z.infer<typeof migrationsOptionsSchema>;

import { z } from 'zod';
import { layouts } from './layout.ts';
import { rules } from './rules/registry.ts';

const ruleSchema = z.enum(rules.map((rule) => rule.name) as [string, ...string[]]);

const exceptionSchema = z.strictObject({
  rule: ruleSchema.describe('Name of the rule'),
  path: z.string().describe('Glob of the files it holds for'),
  reason: z.string().min(10).describe('Why this is safe here; shown in the report'),
  owner: z.string().optional().describe('Who answers for it'),
  expires: z.iso.date().optional().describe('Last day on which it holds (UTC); an expired one is an error'),
});
export type RuleException = z.infer<typeof exceptionSchema>;

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
    ])
    .describe('Globs of the migration files'),
  layout: z
    .enum(['auto', ...layouts])
    .default('auto')
    .describe('Tool that runs the files; `auto` reads it from their markers and names'),
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
  dry_run_setup: z
    .array(z.string())
    .default([])
    .describe('SQL files to run before the migrations in a dry run, such as a schema dump'),
});
export type MigrationsOptions = z.infer<typeof migrationsOptionsSchema>;

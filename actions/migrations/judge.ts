import type { Finding } from '../../core/gate/result.ts';
import { ExceptionLedger } from './exceptions.ts';
import type { Migration, MigrationsFacts } from './facts.ts';
import { readIgnores } from './ignores.ts';
import { upFileOf } from './layout.ts';
import type { MigrationsOptions } from './options.ts';
import { rules } from './rules/registry.ts';
import type { Rule, RuleContext } from './rules/rule.ts';
import { type Place, placesIn } from './sql/lines.ts';
import type { Script } from './sql/parse.ts';
import { createdTables } from './sql/tables.ts';

/** What the rules say about the migrations under test, exceptions and ignores applied and shown. */
export function judgeMigrations(
  options: MigrationsOptions,
  { migrations, hasBase }: Pick<MigrationsFacts, 'migrations' | 'hasBase'>,
  now: number,
): Finding[] {
  const judged = migrations.filter((migration) => migration.judged);
  const active = rules.filter((rule) => isActive(rule, options));
  const ledger = new ExceptionLedger(options.exceptions, now);
  const findings = judged.flatMap((migration) => {
    const placeOf = placesIn(migration.bytes);
    // Without a base nobody knows which files belong to one change: each stands for itself.
    const created = tablesMadeBy(hasBase ? judged : [migration]);
    const context: RuleContext = { postgres: options.postgres_version, created };
    if (!migration.scripts.some(({ direction }) => direction === 'up') && upFileOf(migration.path) === null) {
      return [withoutUpSection(migration)];
    }
    return migration.scripts.flatMap((script) => [
      ...syntaxFindings(migration.path, script, placeOf),
      ...(script.direction === 'up' ? ruleFindings(migration.path, script, placeOf, context) : []),
    ]);
  });
  return [...findings, ...ledger.leftovers()];

  function ruleFindings(
    path: string,
    script: Script,
    placeOf: (offset: number) => Place,
    context: RuleContext,
  ): Finding[] {
    const ignores = readIgnores(script);
    return active.flatMap((rule) =>
      [...rule.check(script, context)].map((hit): Finding => {
        const level = options.warn_rules.includes(rule.name) ? 'warning' : rule.level;
        const finding: Finding = {
          code: rule.name,
          level,
          message: hit.message,
          help: hit.help,
          path,
          ...placeOf(hit.at),
        };
        const reason = ledger.reasonFor(rule.name, path);
        if (reason !== null) return excused(finding, 'notice', reason);
        if (!ignores.hides(rule.name, hit.at)) return finding;
        return options.inline_ignores === 'allow'
          ? excused(finding, 'warning', 'a squawk-ignore comment of the author')
          : finding;
      }),
    );
  }
}

function isActive(rule: Rule, options: MigrationsOptions): boolean {
  if (options.exclude_rules.includes(rule.name)) return false;
  return rule.optIn !== true || options.include_rules.includes(rule.name);
}

/** Tables that a change makes are empty until it is released: every file of it may touch them freely. */
function tablesMadeBy(judged: readonly Migration[]): Set<string> {
  const ups = judged.flatMap(({ scripts }) => scripts.filter((script) => script.direction === 'up'));
  return new Set(ups.flatMap((script) => [...createdTables(script)]));
}

function syntaxFindings(path: string, script: Script, placeOf: (offset: number) => Place): Finding[] {
  if (script.syntaxError === null) return [];
  return [
    {
      code: 'syntax-error',
      level: 'error',
      message: `Postgres cannot read this: ${script.syntaxError.message}.`,
      help: 'Correct the SQL; nothing in this section is known until it parses. Commands of psql (\\connect, \\copy) are not SQL.',
      path,
      ...placeOf(script.syntaxError.at),
    },
  ];
}

/**
 * Nothing is hidden: an excused finding stays in the report and names why. An exception on the base branch was
 * agreed to by others and becomes a notice; a comment in the change is the author's own word, so it warns.
 */
function excused(finding: Finding, level: 'notice' | 'warning', reason: string): Finding {
  return {
    ...finding,
    level,
    message: `Allowed by ${reason}. ${finding.message}`,
    data: { excused: true },
  };
}

/** Without its marker the tool runs nothing of a file, or all of it: either way nobody has judged it. */
function withoutUpSection({ path, layout }: Migration): Finding {
  const marker = layout === 'goose' ? '-- +goose Up' : '-- migrate:up';
  return {
    code: 'no-up-section',
    level: 'error',
    message: `The file has no way up that ${layout} knows, so nothing in it was judged.`,
    help: `Add the line \`${marker}\` above its statements, or set gates.migrations.layout to the tool that runs it.`,
    path,
    line: 1,
  };
}

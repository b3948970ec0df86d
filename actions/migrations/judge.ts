import { globMatcher } from '../../core/gate/glob.ts';
import type { Finding } from '../../core/gate/result.ts';
import type { Migration, MigrationsFacts } from './facts.ts';
import { readIgnores } from './ignores.ts';
import type { MigrationsOptions, RuleException } from './options.ts';
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

/** Exceptions of the config: which hold, which have run out, which were not needed. */
class ExceptionLedger {
  private readonly entries: { exception: RuleException; matches: (path: string) => boolean; used: boolean }[];
  private readonly today: string;

  constructor(exceptions: readonly RuleException[], now: number) {
    this.today = new Date(now).toISOString().slice(0, 10);
    this.entries = exceptions.map((exception) => ({
      exception,
      matches: globMatcher([exception.path]),
      used: false,
    }));
  }

  reasonFor(rule: string, path: string): string | null {
    const entry = this.entries.find(({ exception, matches }) => exception.rule === rule && matches(path));
    if (entry === undefined) return null;
    entry.used = true;
    if (this.isExpired(entry.exception)) return null;
    const { reason, owner, expires } = entry.exception;
    return `an exception${owner ? ` of ${owner}` : ''}${expires ? ` until ${expires}` : ''}: ${reason}`;
  }

  /** An expired exception that something still leans on is an error of its own; one that nothing needs is a notice. */
  leftovers(): Finding[] {
    return this.entries.flatMap(({ exception, used }): Finding[] => {
      const name = `The exception for \`${exception.rule}\` on \`${exception.path}\``;
      if (used && this.isExpired(exception)) {
        return [
          {
            code: 'exception-expired',
            level: 'error',
            message: `${name} ended on ${exception.expires}.`,
            help: 'Correct the migration, or have its owner renew the exception on the base branch.',
          },
        ];
      }
      return used
        ? []
        : [
            {
              code: 'exception-unused',
              level: 'notice',
              message: `${name} was not needed.`,
              help: 'Remove it from gates.migrations.exceptions when its migration is released.',
            },
          ];
    });
  }

  private isExpired(exception: RuleException): boolean {
    return exception.expires !== undefined && exception.expires < this.today;
  }
}

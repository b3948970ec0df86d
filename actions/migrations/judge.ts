import type { Finding } from '../../core/gate/result.ts';
import { breakagesOf } from './contracts/breakages.ts';
import { releasedBy } from './contracts/judge.ts';
import { type ExceptionLedger, excused } from './exceptions.ts';
import type { Migration, MigrationsFacts } from './facts.ts';
import { type Ignores, readIgnores } from './ignores.ts';
import { upFileOf } from './layout.ts';
import { tablesMadeBy, tablesThere } from './made-tables.ts';
import type { MigrationsOptions } from './options.ts';
import { rules } from './rules/registry.ts';
import type { Rule, RuleContext } from './rules/rule.ts';
import { unreadIn } from './script-layout.ts';
import type { Layout } from './section.ts';
import { type Place, placesIn } from './sql/lines.ts';
import { opened, type Script, type Statement, statementAt, written } from './sql/parse.ts';

/** What the rules say about the migrations under test, exceptions and ignores applied and shown. */
export function judgeMigrations(
  options: MigrationsOptions,
  facts: Pick<MigrationsFacts, 'migrations' | 'hasBase' | 'contracts'>,
  ledger: ExceptionLedger,
): Finding[] {
  const { hasBase, contracts } = facts;
  const migrations = facts.migrations.map((one) => ({ ...one, scripts: one.scripts.map(opened) }));
  const judged = migrations.filter((migration) => migration.judged);
  const active = rules.filter((rule) => isActive(rule, options));
  const breakages = contracts.declaredIn.length > 0 ? breakagesOf(facts.migrations) : [];
  const mayRetire = (rule: Rule): boolean => breakages.length > 0 && retiring.has(rule.name);
  const existing = tablesThere(migrations);
  return judged.flatMap((migration) => {
    const placeOf = placesIn(migration.bytes);
    // Without a base nobody knows which files belong to one change: each stands for itself.
    const created = tablesMadeBy(hasBase ? judged : [migration], existing);
    const createdBefore = tablesMadeBy(hasBase ? judged.slice(0, judged.indexOf(migration)) : [], existing);
    const before = migrations.slice(0, migrations.indexOf(migration)).flatMap(({ scripts }) => scripts);
    const upBefore = before.filter(isUp);
    if (!migration.scripts.some(isUp) && upFileOf(migration.path) === null) {
      return [withoutUpSection(migration)];
    }
    const built = builderFindings(migration).map((finding) => ledger.excuse(finding));
    const bySection = migration.scripts.flatMap((script, index) => {
      const earlier = [...upBefore, ...migration.scripts.slice(0, index).filter(isUp)];
      const context: RuleContext = {
        postgres: options.postgres_version,
        created,
        createdBefore,
        earlier,
        naming: options.naming ?? null,
      };
      return [
        ...syntaxFindings(migration.path, script, placeOf),
        ...(isUp(script) ? ruleFindings(migration.path, script, placeOf, context) : []),
      ];
    });
    return [...built, ...bySection];
  });

  /** The contract step: the reason why nobody misses what the statement takes away; null when somebody may. */
  function releaseOf(path: string, statement: Statement | undefined): string | null {
    if (statement === undefined) return null;
    const { start, end } = statement;
    const taken = breakages.filter((one) => one.path === path && one.at >= start && one.at < end);
    const files = taken.map((one) => releasedBy(one, contracts));
    if (files.length === 0 || files.includes(null)) return null;
    return `the contracts of the running version, which no longer use it (${[...new Set(files.flat())].join(', ')})`;
  }

  function ruleFindings(
    path: string,
    script: Script,
    placeOf: (offset: number) => Place,
    context: RuleContext,
  ): Finding[] {
    // A comment speaks of the statement as it is written: of the whole block.
    const plain = written(script);
    const ignores = readIgnores(plain);
    const found = active.flatMap((rule) =>
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
        const released = mayRetire(rule) ? releaseOf(path, statementAt(plain, hit.at)) : null;
        if (released !== null) return excused(finding, 'notice', released);
        if (!ignores.hides(rule.name, hit.at)) return finding;
        return options.inline_ignores === 'allow'
          ? excused(finding, 'warning', 'a squawk-ignore comment of the author')
          : finding;
      }),
    );
    return options.inline_ignores === 'allow' ? [...found, ...unusedIgnores(ignores, path, placeOf)] : found;
  }
}

const isUp = ({ direction }: Script): boolean => direction === 'up';

/** A comment that hides nothing stays behind when its reason has gone, and hides the next mistake. */
function unusedIgnores(ignores: Ignores, path: string, placeOf: (offset: number) => Place): Finding[] {
  return ignores.unused().map(({ rule, at }) => ({
    code: 'unused-ignore',
    level: 'warning',
    message: `The comment squawk-ignore${rule === '*' ? '' : ` ${rule}`} hides nothing here.`,
    help: 'Remove it, or correct the name of the rule.',
    path,
    ...placeOf(at),
  }));
}

/** Rules about what the running version may still use: declared contracts can say that it does not. */
const retiring = new Set(['ban-drop-column', 'ban-drop-table', 'renaming-column', 'renaming-table']);

function isActive(rule: Rule, options: MigrationsOptions): boolean {
  if (options.exclude_rules.includes(rule.name)) return false;
  return rule.optIn !== true || options.include_rules.includes(rule.name);
}

function syntaxFindings(path: string, script: Script, placeOf: (offset: number) => Place): Finding[] {
  if (script.syntaxError === null) return [];
  return [
    {
      code: 'syntax-error',
      level: 'error',
      message: `Postgres cannot read this: ${script.syntaxError.message}.`,
      help: 'Correct the SQL; nothing in this section is known until it parses. Commands of psql (\\connect, \\copy) and the rows behind COPY … FROM stdin are not SQL.',
      path,
      ...placeOf(script.syntaxError.at),
    },
  ];
}

const upMarkers: Readonly<Partial<Record<Layout, string>>> = {
  goose: '-- +goose Up',
  'node-pg-migrate': '-- Up Migration',
};

/** What a script builds with methods is SQL only when it runs. */
function builderFindings({ path, layout, bytes }: Migration): Finding[] {
  if (layout !== 'knex' || !unreadIn(bytes).builds) return [];
  return [
    {
      code: 'builder-not-judged',
      level: 'warning',
      message:
        'The script makes its SQL when it runs, with builder methods or by putting text together: no rule sees that SQL.',
      help: 'Write the change as one literal of SQL in knex.raw(), pgm.sql() or queryRunner.query(), or give the gate the SQL that the tool prints.',
      path,
      line: 1,
    },
  ];
}

/** Without its marker the tool runs nothing of a file, or all of it: either way nobody has judged it. */
function withoutUpSection({ path, layout }: Migration): Finding {
  const marker = upMarkers[layout] ?? '-- migrate:up';
  return {
    code: 'no-up-section',
    level: 'error',
    message: `The file has no way up that ${layout} knows, so nothing in it was judged.`,
    help: `Add the line \`${marker}\` above its statements, or set gates.migrations.layout to the tool that runs it.`,
    path,
    line: 1,
  };
}

import type { Finding } from '../../../core/gate/result.ts';
import type { Migration, MigrationsFacts } from '../facts.ts';
import { forwardFixFor } from '../forward-fix.ts';
import type { MigrationsOptions } from '../options.ts';
import { tableCommands } from '../sql/alter-table.ts';
import { as } from '../sql/nodes.ts';
import type { Script } from '../sql/parse.ts';
import { addMade, droppedNames, keyOfWords, tableKey } from '../sql/tables.ts';
import type { Difference } from './catalogue.ts';
import { type Step, stepsOf } from './steps.ts';

/** What going back leaves behind, and what cannot be undone at all. */
export function reversalFindings(options: MigrationsOptions, facts: MigrationsFacts): readonly Finding[] {
  const run = facts.dryRun;
  const left = run.state === 'done' ? run.reversals.filter(({ differences }) => differences.length > 0) : [];
  const redo = run.state === 'done' && run.redo !== null && run.redo.length > 0 ? run.redo : [];
  const judged = facts.migrations.filter((migration) => migration.judged);
  return [
    ...left.map(
      ({ downPath, differences }): Finding => ({
        code: 'down-differs',
        level: 'error',
        message: `After the way down the schema is not what it was before: ${shown(differences)}.`,
        help: 'Make the down section undo exactly what the up section does.',
        path: downPath,
        line: 1,
        data: { differences: differences.slice(0, 50) },
      }),
    ),
    ...(redo.length === 0
      ? []
      : [
          {
            code: 'redo-differs',
            level: 'error' as const,
            message: `Up, down and up again gives another schema than up alone: ${shown(redo)}.`,
            help: 'Make the way down remove all that the way up makes, so that both runs start alike.',
            data: { differences: redo.slice(0, 50) },
          },
        ]),
    ...stepsOf(judged).flatMap((step) => irreversibleFindings(options, step, judged)),
  ];
}

function shown(differences: readonly Difference[]): string {
  const words = differences.slice(0, 5).map(({ object, before, after }) => {
    if (before === null) return `${object} is left over`;
    return after === null
      ? `${object} is missing`
      : `${object} is \`${clip(after)}\`, was \`${clip(before)}\``;
  });
  const more = differences.length - words.length;
  return `${words.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function clip(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}

function irreversibleFindings(
  options: MigrationsOptions,
  step: Step,
  judged: readonly Migration[],
): readonly Finding[] {
  const migration = judged.find(({ path }) => path === step.path);
  const lost = [...new Set(lostData(step.up))];
  const missing = step.down === null && !step.repeatable && step.up.statements.length > 0;
  if (migration === undefined || options.irreversible === 'allow' || (!missing && lost.length === 0))
    return [];
  const why = [
    ...(missing ? ['it has no way down'] : []),
    ...(lost.length > 0 ? [`no way down brings back the data of ${lost.join(', ')}`] : []),
  ].join(', and ');
  const plan = forwardFixFor(options, migration.path, new TextDecoder().decode(migration.bytes));
  const level = plan !== null ? 'notice' : levelOf(options, migration, lost.length > 0);
  return [
    {
      code: 'irreversible',
      level,
      message: `This migration cannot be undone: ${why}.${plan === null ? '' : ` Acknowledged forward fix: ${plan}`}`,
      help:
        plan === null
          ? 'Add a way down, or say what is done instead: `-- forward-fix: …` in the file, or forward_fixes in the config.'
          : 'Keep the plan at hand: a rollback of the application will not bring the schema back.',
      path: step.path,
      line: 1,
    },
  ];
}

/** Tools without a convention for ways down are only told; where one is usual, or data is lost, it warns. */
function levelOf(options: MigrationsOptions, { layout }: Migration, losesData: boolean): Finding['level'] {
  if (options.irreversible === 'refuse') return 'error';
  const usual = layout === 'goose' || layout === 'dbmate' || layout === 'golang-migrate';
  return usual || losesData ? 'warning' : 'notice';
}

/** Tables and columns whose rows are gone after the way up. */
function* lostData(script: Script): Generator<string> {
  const created = new Set<string>();
  for (const { node } of script.statements) {
    addMade(node, created);
    const drop = as(node, 'DropStmt');
    const dropped = drop?.removeType === 'OBJECT_TABLE' ? droppedNames(drop.objects).map(keyOfWords) : [];
    const emptied = as(node, 'TruncateStmt')?.relations?.map((one) => tableKey(as(one, 'RangeVar'))) ?? [];
    const deleted = as(node, 'DeleteStmt')?.relation;
    const tables = [...dropped, ...emptied, ...(deleted ? [tableKey(deleted)] : [])];
    for (const table of tables) if (!created.has(table)) yield `\`${table}\``;
  }
  for (const { table, command } of tableCommands(script)) {
    if (command.subtype === 'AT_DropColumn' && !created.has(table)) yield `\`${table}.${command.name}\``;
  }
}

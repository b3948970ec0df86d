import type { Migration } from '../facts.ts';
import { tablesMadeBy, tablesThere } from '../made-tables.ts';
import { addedConstraints, tableCommands } from '../sql/alter-table.ts';
import { as, words } from '../sql/nodes.ts';
import type { Script } from '../sql/parse.ts';
import { droppedNames, keyOfWords, tableKey } from '../sql/tables.ts';
import type { Breakage } from './model.ts';

/** What the migrations under test take away from, rename in, or tighten for a version that runs beside them. */
export function breakagesOf(migrations: readonly Migration[]): readonly Breakage[] {
  const judged = migrations.filter((migration) => migration.judged);
  const ups = judged.flatMap(({ path, scripts }) =>
    scripts.filter(({ direction }) => direction === 'up').map((script) => ({ path, script })),
  );
  const created = tablesMadeBy(judged, tablesThere(migrations));
  return ups
    .flatMap(({ path, script }) => [...inScript(script)].map((one) => ({ ...one, path })))
    .filter(({ table }) => !created.has(table));
}

function* inScript(script: Script): Generator<Omit<Breakage, 'path'>> {
  for (const { node, start: at } of script.statements) {
    const drop = as(node, 'DropStmt');
    if (drop?.removeType === 'OBJECT_TABLE' || drop?.removeType === 'OBJECT_VIEW') {
      for (const name of droppedNames(drop.objects)) {
        yield { kind: 'drop', table: keyOfWords(name), column: null, at };
      }
    }
    const rename = as(node, 'RenameStmt');
    if (rename?.renameType === 'OBJECT_TABLE') {
      yield { kind: 'rename', table: tableKey(rename.relation), column: null, at };
    }
    if (rename?.renameType === 'OBJECT_COLUMN' && rename.relationType === 'OBJECT_TABLE') {
      yield { kind: 'rename', table: tableKey(rename.relation), column: rename.subname ?? '', at };
    }
    const moved = as(node, 'AlterObjectSchemaStmt');
    if (moved?.objectType === 'OBJECT_TABLE') {
      yield { kind: 'rename', table: tableKey(moved.relation), column: null, at };
    }
  }
  for (const { table, command, at } of tableCommands(script)) {
    const column = command.name ?? '';
    if (command.subtype === 'AT_DropColumn') yield { kind: 'drop', table, column, at };
    if (command.subtype === 'AT_AlterColumnType') yield { kind: 'retype', table, column, at };
    if (command.subtype === 'AT_SetNotNull') yield { kind: 'not-null', table, column, at };
  }
  for (const { table, constraint, at, inline } of addedConstraints(script)) {
    if (inline) continue;
    const keys = [...words(constraint.keys), ...words(constraint.fk_attrs)];
    if (constraint.contype === 'CONSTR_CHECK') yield { kind: 'constraint', table, column: '*', at };
    for (const column of keys) yield { kind: 'constraint', table, column, at };
  }
}

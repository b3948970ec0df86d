import type { RangeVar } from 'libpg-query';
import { statementsOf } from './by-kind.ts';
import { all, as, words } from './nodes.ts';
import type { Script } from './parse.ts';

/** One name for one table: `public` is the schema that is meant when none is written. */
export function tableKey(table: RangeVar | undefined): string {
  const schema = table?.schemaname ?? '';
  const name = table?.relname ?? '';
  return schema === '' || schema === 'public' ? name : `${schema}.${name}`;
}

/** The name as a person wrote it. */
export function tableName(table: RangeVar | undefined): string {
  return table?.schemaname ? `${table.schemaname}.${table.relname ?? ''}` : (table?.relname ?? '');
}

/** `["s", "t"]` → the key of `s.t`. */
export function keyOfWords(parts: readonly string[]): string {
  const [name = '', schema = ''] = parts.toReversed();
  return tableKey({ relname: name, schemaname: schema });
}

/** Tables that the script makes: empty and unknown to every running version, so no lock on them can hurt. */
export function createdTables(script: Script): Set<string> {
  const created = new Set<string>();
  const makers = statementsOf(script, 'CreateStmt', 'CreateTableAsStmt', 'SelectStmt', 'RenameStmt');
  for (const { node } of makers) {
    const table = as(node, 'CreateStmt')?.relation;
    const copy = as(node, 'CreateTableAsStmt')?.into?.rel ?? as(node, 'SelectStmt')?.intoClause?.rel;
    if (table !== undefined) created.add(tableKey(table));
    if (copy !== undefined) created.add(tableKey(copy));
    const rename = as(node, 'RenameStmt');
    if (rename?.renameType === 'OBJECT_TABLE' && created.has(tableKey(rename.relation))) {
      created.add(
        keyOfWords([
          ...(rename.relation?.schemaname ? [rename.relation.schemaname] : []),
          rename.newname ?? '',
        ]),
      );
    }
  }
  return created;
}

/** The names in `DROP TABLE a, s.b`, as lists of words. */
export function droppedNames(objects: Parameters<typeof all>[0]): string[][] {
  return all(objects, 'List').map((list) => words(list.items));
}

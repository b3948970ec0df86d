import type { Node, RangeVar } from 'libpg-query';
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

/** Statements that make a table, or give one another name. */
export const tableMakers = ['CreateStmt', 'CreateTableAsStmt', 'SelectStmt', 'RenameStmt'] as const;

/** Tables that the script makes: empty and unknown to every running version, so no lock on them can hurt. */
export function createdTables(script: Script): Set<string> {
  const created = new Set<string>();
  for (const { node } of statementsOf(script, ...tableMakers)) addMade(node, created);
  return created;
}

/** Tables that are there when scripts that build on each other have run, as far as their text shows. */
export function tablesLeftBy(scripts: readonly Script[]): Set<string> {
  const left = new Set<string>();
  for (const { node } of scripts.flatMap((script) => statementsOf(script, 'DropStmt', ...tableMakers))) {
    addMade(node, left);
    const drop = as(node, 'DropStmt');
    const dropped = drop?.removeType === 'OBJECT_TABLE' ? droppedNames(drop.objects) : [];
    for (const parts of dropped) left.delete(keyOfWords(parts));
  }
  return left;
}

/** Adds the table that a statement makes to those that statements before it have made. */
export function addMade(node: Node, created: Set<string>): void {
  const table = as(node, 'CreateStmt')?.relation;
  const copy = as(node, 'CreateTableAsStmt')?.into?.rel ?? as(node, 'SelectStmt')?.intoClause?.rel;
  if (table !== undefined) created.add(tableKey(table));
  if (copy !== undefined) created.add(tableKey(copy));
  const rename = as(node, 'RenameStmt');
  if (rename?.renameType !== 'OBJECT_TABLE' || !created.has(tableKey(rename.relation))) return;
  const schema = rename.relation?.schemaname ? [rename.relation.schemaname] : [];
  created.add(keyOfWords([...schema, rename.newname ?? '']));
}

/** The names in `DROP TABLE a, s.b`, as lists of words. */
export function droppedNames(objects: Parameters<typeof all>[0]): string[][] {
  return all(objects, 'List').map((list) => words(list.items));
}

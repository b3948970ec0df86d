import type { Node, RangeVar } from 'libpg-query';
import { all, as } from '../sql/nodes.ts';
import { tableKey } from '../sql/tables.ts';
import type { ContractUse } from './model.ts';

/**
 * What one statement reads and writes. A column without its table's name is put down for every table of the
 * statement: rather one use too many than one that nobody warns about.
 */
export function usesOfTree(node: Node | undefined, by: string): readonly ContractUse[] {
  const tables = new Map<string, string>();
  const own = new Set<string>();
  const columns: (readonly string[])[] = [];
  visit(node, {
    table: (table) => tables.set(table.alias?.aliasname ?? table.relname ?? '', tableKey(table)),
    query: (name) => own.add(name),
    column: (fields) => columns.push(fields),
  });
  const real = [...tables].filter(([, table]) => !own.has(table));
  const use = (table: string, column: string, access: ContractUse['access']): ContractUse => ({
    table,
    column,
    access,
    by,
    declared: false,
  });
  const reads = columns.flatMap((fields) => {
    const column = fields.at(-1) ?? '*';
    const qualifier = fields.at(-2);
    return real
      .filter(([alias]) => qualifier === undefined || alias === qualifier)
      .map(([, table]) => use(table, column, 'read'));
  });
  const writes = writtenColumns(node).map(({ table, column }) => use(table, column, 'write'));
  const named = new Set([...reads, ...writes].map(({ table }) => table));
  const bare = real.filter(([, table]) => !named.has(table)).map(([, table]) => use(table, '', 'read'));
  return [...reads, ...writes, ...bare];
}

interface Visitor {
  table(table: RangeVar): void;
  query(name: string): void;
  column(fields: readonly string[]): void;
}

/** Every table, common table expression and column reference below a node, whatever stands between. */
function visit(value: unknown, visitor: Visitor): void {
  if (Array.isArray(value)) {
    for (const one of value) visit(one, visitor);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  for (const [key, child] of Object.entries(value)) {
    if ((key === 'RangeVar' || key === 'relation') && typeof child?.relname === 'string')
      visitor.table(child);
    if (key === 'CommonTableExpr') visitor.query(String(child.ctename));
    if (key === 'ColumnRef') visitor.column(fieldsOf(child.fields));
    visit(child, visitor);
  }
}

function fieldsOf(fields: readonly Node[] | undefined): readonly string[] {
  return (fields ?? []).map((field) => as(field, 'String')?.sval ?? '*');
}

function writtenColumns(node: Node | undefined): { table: string; column: string }[] {
  const insert = as(node, 'InsertStmt');
  if (insert) {
    const table = tableKey(insert.relation);
    const listed = all(insert.cols, 'ResTarget').map(({ name }) => name ?? '*');
    const updated = all(insert.onConflictClause?.targetList, 'ResTarget').map(({ name }) => name ?? '*');
    return [...(listed.length === 0 ? ['*'] : listed), ...updated].map((column) => ({ table, column }));
  }
  const update = as(node, 'UpdateStmt');
  if (update) {
    const table = tableKey(update.relation);
    return all(update.targetList, 'ResTarget').map(({ name }) => ({ table, column: name ?? '*' }));
  }
  const remove = as(node, 'DeleteStmt');
  return remove ? [{ table: tableKey(remove.relation), column: '' }] : [];
}

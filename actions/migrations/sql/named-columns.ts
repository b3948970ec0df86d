import type { Node, SelectStmt } from 'libpg-query';
import { all, as, words } from './nodes.ts';

/** A column that a statement assigns or defines. */
export interface NamedColumn {
  readonly name: string;
  /** Byte in the script; undefined where the parser keeps none. */
  readonly at: number | undefined;
  /** Only an element or a field of it: `tags[1]`, `address.city`. */
  readonly partial: boolean;
}

interface Target {
  readonly name?: string;
  readonly location?: number;
  readonly indirection?: readonly Node[];
}

const listOf: Readonly<Record<string, string>> = {
  InsertStmt: 'cols',
  UpdateStmt: 'targetList',
  onConflictClause: 'targetList',
  MergeWhenClause: 'targetList',
};

/** The lists of assigned columns of a statement, also inside WITH, ON CONFLICT and MERGE. */
export function assignedColumns(node: Node): NamedColumn[][] {
  return directLists(node) ?? nestedLists(node);
}

/** Of a plain INSERT, UPDATE or DELETE; null where a list may hide deeper, which takes a walk through the tree. */
function directLists(node: Node): NamedColumn[][] | null {
  const insert = as(node, 'InsertStmt');
  const select = as(insert?.selectStmt, 'SelectStmt');
  const plain = insert ?? as(node, 'UpdateStmt') ?? as(node, 'DeleteStmt');
  if (plain === undefined || plain.withClause !== undefined || select?.withClause !== undefined) return null;
  const lists = insert
    ? [insert.cols, insert.onConflictClause?.targetList]
    : [as(node, 'UpdateStmt')?.targetList];
  return lists.flatMap((list) => (list === undefined ? [] : [all(list, 'ResTarget').map(targetOf)]));
}

function nestedLists(value: unknown, under = '', found: NamedColumn[][] = []): NamedColumn[][] {
  if (typeof value !== 'object' || value === null) return found;
  if (Array.isArray(value)) {
    for (const item of value) nestedLists(item, under, found);
    return found;
  }
  const record = value as Readonly<Record<string, unknown>>;
  const list = record[listOf[under] ?? ''];
  if (Array.isArray(list) && list.length > 1) {
    found.push(
      list.flatMap((item: { ResTarget?: Target }) => (item.ResTarget ? [targetOf(item.ResTarget)] : [])),
    );
  }
  for (const key in record) nestedLists(record[key], key, found);
  return found;
}

function targetOf({ name = '', location, indirection }: Target): NamedColumn {
  return { name, at: location, partial: indirection !== undefined && indirection.length > 0 };
}

/** The names that a table, a view or `SELECT … INTO` gives to its columns; nothing where a `*` leaves them open. */
export function definedNames(node: Node): NamedColumn[] {
  const table = as(node, 'CreateStmt') ?? as(node, 'CreateForeignTableStmt')?.base;
  if (table !== undefined) {
    return all(table.tableElts, 'ColumnDef').map(({ colname = '', location }) => whole(colname, location));
  }
  const view = as(node, 'ViewStmt');
  const copy = as(node, 'CreateTableAsStmt');
  const listed = view?.aliases ?? copy?.into?.colNames ?? [];
  if (listed.length > 0) return words(listed).map((name) => whole(name, undefined));
  const query = as(view?.query ?? copy?.query ?? node, 'SelectStmt');
  return query === undefined ? [] : outputNames(query);
}

const whole = (name: string, at: number | undefined): NamedColumn => ({ name, at, partial: false });

/** The first query of a UNION names the columns. */
function outputNames(query: SelectStmt): NamedColumn[] {
  if (query.larg !== undefined) return outputNames(query.larg);
  const targets = all(query.targetList, 'ResTarget');
  const named = targets.map(({ name, val, location }) => ({ name: name ?? nameOf(val), at: location }));
  return named.flatMap(({ name, at }) => (name === null ? [] : [whole(name, at)]));
}

/** The name that Postgres gives to an expression (`FigureColname` in parse_target.c); null for `*`. */
function nameOf(value: Node | undefined): string | null {
  const column = as(value, 'ColumnRef');
  if (column !== undefined) return words(column.fields).at(-1) ?? null;
  const part = as(value, 'A_Indirection');
  if (part !== undefined) return words(part.indirection).at(-1) ?? nameOf(part.arg);
  const call = as(value, 'FuncCall');
  if (call !== undefined) return words(call.funcname).at(-1) ?? unnamed;
  const cast = as(value, 'TypeCast');
  if (cast !== undefined) {
    const inner = nameOf(cast.arg);
    return inner === unnamed ? (words(cast.typeName?.names).at(-1) ?? unnamed) : inner;
  }
  const collated = as(value, 'CollateClause');
  if (collated !== undefined) return nameOf(collated.arg);
  if (as(value, 'CaseExpr') !== undefined) return 'case';
  if (as(value, 'CoalesceExpr') !== undefined) return 'coalesce';
  return unnamed;
}

const unnamed = '?column?';

import type {
  DeleteStmt,
  InsertStmt,
  Node,
  OnConflictClause,
  ResTarget,
  SelectStmt,
  UpdateStmt,
} from 'libpg-query';
import {
  compileExpression,
  type Environment,
  type Expression,
  required,
  type Scope,
  unsupported,
} from './expressions.ts';
import { candidates, equalities } from './lookup.ts';
import { columnName, ownScope, scopeOf, type Tables, tableOf } from './scope.ts';
import { compileFrom, compileSelect } from './select.ts';
import { Blocked, type Row, type Table, type Tuple, type Value, type Writer } from './tables.ts';
import { toColumn } from './values.ts';

export interface Result {
  readonly rows: readonly Row[];
  readonly rowCount: number;
}

export interface Execution {
  readonly writer: Writer;
  readonly parameters: readonly Value[];
  readonly now: number;
}

export type Statement = (execution: Execution) => Result;

/** Compiles one statement for one set of tables. Running it may throw `Blocked`; then it has changed nothing. */
export function compileStatement(node: Node, tables: Tables): Statement {
  if ('SelectStmt' in node) return selectStatement(node.SelectStmt, tables);
  if ('InsertStmt' in node) return insertStatement(node.InsertStmt, tables);
  if ('UpdateStmt' in node) return updateStatement(node.UpdateStmt, tables);
  if ('DeleteStmt' in node) return deleteStatement(node.DeleteStmt, tables);
  throw unsupported('statement', Object.keys(node)[0]);
}

function selectStatement(select: SelectStmt, tables: Tables): Statement {
  const query = compileSelect(select, tables, new Map());
  return (execution) => {
    const rows = query(execution, environmentOf(execution, {}));
    return { rows, rowCount: rows.length };
  };
}

function insertStatement(insert: InsertStmt, tables: Tables): Statement {
  const table = tableOf(insert.relation?.relname, tables);
  const columns = (insert.cols ?? []).map((node) => (node as { ResTarget: ResTarget }).ResTarget.name ?? '');
  const source = sourceOf(required(insert.selectStmt), tables);
  const conflict = insert.onConflictClause;
  const update = conflict?.action === 'ONCONFLICT_UPDATE' ? conflictUpdate(conflict, table, tables) : null;
  const returning = returningOf(insert.returningClause?.exprs, table, tables);
  return (execution) => {
    const done: Row[] = [];
    const inserted: Tuple[] = [];
    try {
      for (const values of source(execution)) {
        const row = newRow(table, columns, values, execution.now);
        const standing = conflictIn(table, row, execution.writer);
        if (standing === null) {
          inserted.push(table.insert(row, execution.writer));
          done.push(row);
        } else if (conflict === undefined) {
          throw uniqueViolation(table.name);
        } else if (update !== null) {
          const changed = update(standing, row, execution);
          if (changed !== null) done.push(changed);
        }
      }
    } catch (error) {
      if (error instanceof Blocked) for (const tuple of inserted) tuple.write(null, execution.writer);
      throw error;
    }
    return { rows: returning(done, execution), rowCount: done.length };
  };
}

function sourceOf(node: Node, tables: Tables): (execution: Execution) => readonly (readonly Value[])[] {
  const select = (node as { SelectStmt: SelectStmt }).SelectStmt;
  const lists = select.valuesLists;
  if (lists === undefined || lists.length === 0) {
    const query = compileSelect(select, tables, new Map());
    return (execution) => query(execution, environmentOf(execution, {})).map((row) => Object.values(row));
  }
  const scope = scopeOf(new Map(), tables);
  const rows = lists.map((list) =>
    ('List' in list ? (list.List.items ?? []) : []).map((item) => compileExpression(item, scope)),
  );
  return (execution) => {
    const environment = environmentOf(execution, {});
    return rows.map((row) => row.map((value) => value(environment)));
  };
}

function conflictUpdate(
  clause: OnConflictClause,
  table: Table,
  tables: Tables,
): (standing: Tuple, row: Row, execution: Execution) => Row | null {
  const names = new Set(table.columns.keys());
  const scope = scopeOf(
    new Map([
      ['excluded', names],
      [table.name, names],
    ]),
    tables,
  );
  const assign = assignmentsOf(clause.targetList, table, scope);
  const where = clause.whereClause === undefined ? null : compileExpression(clause.whereClause, scope);
  return (standing, row, execution) => {
    standing.lock(execution.writer);
    const current = standing.visibleTo(execution.writer) as Row;
    const environment = environmentOf(execution, { [table.name]: current, excluded: row });
    if (where !== null && where(environment) !== true) return null;
    const changed = { ...current, ...assign(environment) };
    standing.write(changed, execution.writer);
    return changed;
  };
}

function updateStatement(update: UpdateStmt, tables: Tables): Statement {
  const table = tableOf(update.relation?.relname, tables);
  const from = update.fromClause === undefined ? null : compileFrom(update.fromClause, tables);
  const scope = scopeOf(new Map([...ownScope(table), ...(from?.columns ?? [])]), tables);
  const where = update.whereClause === undefined ? null : compileExpression(update.whereClause, scope);
  const keys = equalities(update.whereClause);
  const assign = assignmentsOf(update.targetList, table, scope);
  const returning = returningOf(update.returningClause?.exprs, table, tables);
  return (execution) => {
    const environment = environmentOf(execution, {});
    const beside = from?.read(execution, environment) ?? [{ rows: {} }];
    const found: { readonly tuple: Tuple; readonly rows: Environment['rows'] }[] = [];
    for (const tuple of candidates(table, keys, environment)) {
      const row = tuple.visibleTo(execution.writer);
      if (row === null) continue;
      const match = beside.find(({ rows }) => {
        const all = { ...rows, [table.name]: row };
        return where === null || where({ ...environment, rows: all }) === true;
      });
      if (match !== undefined) found.push({ tuple, rows: match.rows });
    }
    for (const { tuple } of found) tuple.lock(execution.writer);
    const rows = found.map(({ tuple, rows: others }) => {
      const current = tuple.visibleTo(execution.writer) as Row;
      const all = { ...others, [table.name]: current };
      const changed = { ...current, ...assign(environmentOf(execution, all)) };
      tuple.write(changed, execution.writer);
      return changed;
    });
    return { rows: returning(rows, execution), rowCount: rows.length };
  };
}

function deleteStatement(statement: DeleteStmt, tables: Tables): Statement {
  const table = tableOf(statement.relation?.relname, tables);
  const find = compileFind(table, statement.whereClause, tables);
  return (execution) => {
    const found = find(execution);
    for (const tuple of found) tuple.lock(execution.writer);
    for (const tuple of found) tuple.write(null, execution.writer);
    return { rows: [], rowCount: found.length };
  };
}

function compileFind(
  table: Table,
  where: Node | undefined,
  tables: Tables,
): (execution: Execution) => readonly Tuple[] {
  const test = where === undefined ? null : compileExpression(where, scopeOf(ownScope(table), tables));
  const keys = equalities(where);
  return (execution) => {
    const environment = environmentOf(execution, {});
    return [...candidates(table, keys, environment)].filter((tuple) => {
      const row = tuple.visibleTo(execution.writer);
      return (
        row !== null && (test === null || test({ ...environment, rows: { [table.name]: row } }) === true)
      );
    });
  };
}

function assignmentsOf(
  targets: readonly Node[] | undefined,
  table: Table,
  scope: Scope,
): (environment: Environment) => Row {
  const compiled = (targets ?? []).map((node): [string, Expression, string] => {
    const { name = '', val } = (node as { ResTarget: ResTarget }).ResTarget;
    return [name, compileExpression(required(val), scope), table.columns.get(name)?.type ?? ''];
  });
  return (environment) =>
    Object.fromEntries(compiled.map(([name, value, type]) => [name, toColumn(value(environment), type)]));
}

function newRow(table: Table, columns: readonly string[], values: readonly Value[], now: number): Row {
  const row: Record<string, Value> = {};
  for (const { name, type, fallback } of table.columns.values()) {
    const index = columns.indexOf(name);
    row[name] = index >= 0 ? toColumn(values[index], type) : fallbackOf(fallback, type, now);
  }
  return row;
}

function fallbackOf(fallback: (() => Value) | null, type: string, now: number): Value {
  if (fallback === null) return null;
  return type === 'timestamptz' ? new Date(now) : toColumn(fallback(), type);
}

function conflictIn(table: Table, row: Row, writer: Writer): Tuple | null {
  for (const key of table.uniques) {
    const found = table.conflictOf(row, key.columns, writer);
    if (found !== null) return found;
  }
  return null;
}

function returningOf(
  targets: readonly Node[] | undefined,
  table: Table,
  tables: Tables,
): (rows: readonly Row[], execution: Execution) => readonly Row[] {
  if (targets === undefined) return () => [];
  const scope = scopeOf(ownScope(table), tables);
  const compiled = targets.map((node): [string, Expression] => {
    const { name, val } = (node as { ResTarget: ResTarget }).ResTarget;
    return [name ?? columnName(required(val)), compileExpression(required(val), scope)];
  });
  return (rows, execution) =>
    rows.map((row) => {
      const environment = environmentOf(execution, { [table.name]: row });
      return Object.fromEntries(compiled.map(([name, value]) => [name, value(environment)]));
    });
}

function environmentOf({ writer, parameters, now }: Execution, rows: Environment['rows']): Environment {
  return { writer, parameters, rows, now };
}

function uniqueViolation(table: string): Error {
  return Object.assign(new Error(`duplicate key value violates unique constraint of ${table}`), {
    code: '23505',
  });
}

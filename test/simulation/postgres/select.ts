import type { Node, RangeFunction, RangeVar, ResTarget, SelectStmt, SortBy } from 'libpg-query';
import {
  compileExpression,
  type Environment,
  type Expression,
  required,
  type Scope,
  stringsOf,
  unsupported,
} from './expressions.ts';
import { candidates, equalities } from './lookup.ts';
import { columnName, scopeOf, type Tables, tableOf } from './scope.ts';
import type { Execution } from './statements.ts';
import { Blocked, type Row, type Tuple, type Value, type Writer } from './tables.ts';
import { compare } from './values.ts';

type Query = (execution: Execution, outer: Environment) => readonly Row[];

/** A row of the FROM clause: the rows of its tables by name, and where the first one came from. */
interface Joined {
  readonly rows: Environment['rows'];
  readonly tuple: Tuple | null;
}

/** FROM, WHERE, locks, DISTINCT ON, ORDER BY, LIMIT and the target list, in Postgres' order. */
export function compileSelect(select: SelectStmt, tables: Tables, outer: Scope['columns']): Query {
  const from = fromOf(select.fromClause ?? [], select.whereClause, tables, outer);
  const scope = scopeOf(new Map([...outer, ...from.columns]), tables);
  const where = select.whereClause === undefined ? null : compileExpression(select.whereClause, scope);
  const order = orderOf(select.sortClause, scope);
  const distinct = (select.distinctClause ?? []).map((node) => compileExpression(node, scope));
  const limit = select.limitCount === undefined ? null : compileExpression(select.limitCount, scope);
  const project = projectionOf(select.targetList ?? [], from.columns, scope);
  const locking = select.lockingClause?.[0];
  const lock = locking !== undefined && 'LockingClause' in locking ? locking.LockingClause : null;
  return (execution, environment) => {
    const inside = (joined: Joined): Environment => ({
      ...environment,
      rows: { ...environment.rows, ...joined.rows },
    });
    let found = from.read(execution, environment);
    if (where !== null) found = found.filter((joined) => where(inside(joined)) === true);
    if (lock !== null) found = locked(found, execution.writer, lock.waitPolicy === 'LockWaitSkip');
    if (order.length > 0) found = found.toSorted((a, b) => inOrder(order, inside(a), inside(b)));
    if (distinct.length > 0)
      found = firstOfEach(found, (joined) => distinct.map((value) => value(inside(joined))));
    // `limit null` is none.
    const most = limit === null ? null : limit(environment);
    if (most !== null) found = found.slice(0, Number(most));
    return project(found.map(inside), environment);
  };
}

export interface From {
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  readonly read: (execution: Execution, environment: Environment) => readonly Joined[];
}

/** The tables beside the one that is updated. */
export function compileFrom(nodes: readonly Node[], tables: Tables): From {
  return fromOf(nodes, undefined, tables, new Map());
}

function fromOf(
  nodes: readonly Node[],
  where: Node | undefined,
  tables: Tables,
  outer: Scope['columns'],
): From {
  const [first, second] = nodes;
  if (first === undefined) return { columns: new Map(), read: () => [{ rows: {}, tuple: null }] };
  if (second !== undefined) throw unsupported('FROM clause', 'several tables');
  if ('RangeVar' in first) return tableFrom(first.RangeVar, where, tables);
  if ('RangeFunction' in first) return unnestFrom(first.RangeFunction, tables);
  if ('JoinExpr' in first) {
    const { larg, rarg, quals } = first.JoinExpr;
    const left = fromOf([required(larg)], where, tables, outer);
    const right = fromOf([required(rarg)], undefined, tables, outer);
    const columns = new Map([...left.columns, ...right.columns]);
    const on = compileExpression(required(quals), scopeOf(new Map([...outer, ...columns]), tables));
    return {
      columns,
      read: (execution, environment) => {
        const others = right.read(execution, environment);
        return left
          .read(execution, environment)
          .flatMap(({ rows, tuple }) =>
            others
              .map((other) => ({ rows: { ...rows, ...other.rows }, tuple }))
              .filter((joined) => on({ ...environment, rows: joined.rows }) === true),
          );
      },
    };
  }
  throw unsupported('FROM clause', Object.keys(first)[0]);
}

function tableFrom(range: RangeVar, where: Node | undefined, tables: Tables): From {
  const table = tableOf(range.relname, tables);
  const name = range.alias?.aliasname ?? table.name;
  const keys = equalities(where);
  return {
    columns: new Map([[name, new Set(table.columns.keys())]]),
    read: (execution, environment) => {
      const found: Joined[] = [];
      for (const tuple of candidates(table, keys, environment)) {
        const row = tuple.visibleTo(execution.writer);
        if (row !== null) found.push({ rows: { [name]: row }, tuple });
      }
      return found;
    },
  };
}

/** `unnest($1::text[], …) as name (columns)`. */
function unnestFrom({ functions, alias, ordinality }: RangeFunction, tables: Tables): From {
  const list = functions?.[0];
  const call = list !== undefined && 'List' in list ? list.List.items?.[0] : undefined;
  if (call === undefined || !('FuncCall' in call) || stringsOf(call.FuncCall.funcname).at(-1) !== 'unnest') {
    throw unsupported('function in FROM', 'only unnest is known');
  }
  const arrays = (call.FuncCall.args ?? []).map((arg) => compileExpression(arg, scopeOf(new Map(), tables)));
  const name = alias?.aliasname ?? 'unnest';
  const columns = stringsOf(alias?.colnames);
  return {
    columns: new Map([[name, new Set(columns)]]),
    read: (_execution, environment) => {
      const values = arrays.map((array) => array(environment) as readonly Value[]);
      const length = Math.max(0, ...values.map((array) => array.length));
      return Array.from({ length }, (_unused, index) => {
        const valueAt = (at: number): Value =>
          ordinality === true && at === values.length ? index + 1 : (values[at]?.[index] ?? null);
        const row = Object.fromEntries(columns.map((column, at) => [column, valueAt(at)]));
        return { rows: { [name]: row }, tuple: null };
      });
    },
  };
}

function locked(found: readonly Joined[], writer: Writer, skip: boolean): readonly Joined[] {
  return found.filter(({ tuple }) => {
    if (tuple === null) return true;
    try {
      tuple.lock(writer);
      return true;
    } catch (error) {
      if (skip && error instanceof Blocked) return false;
      throw error;
    }
  });
}

type Order = { readonly value: Expression; readonly sign: number };

function orderOf(sort: readonly Node[] | undefined, scope: Scope): readonly Order[] {
  return (sort ?? []).map((node) => {
    const { node: by, sortby_dir: direction } = (node as { SortBy: SortBy }).SortBy;
    return { value: compileExpression(required(by), scope), sign: direction === 'SORTBY_DESC' ? -1 : 1 };
  });
}

function inOrder(order: readonly Order[], a: Environment, b: Environment): number {
  for (const { value, sign } of order) {
    const found = (compare(value(a), value(b)) ?? 0) * sign;
    if (found !== 0) return found;
  }
  return 0;
}

function firstOfEach(
  found: readonly Joined[],
  keyOf: (joined: Joined) => readonly Value[],
): readonly Joined[] {
  const seen = new Set<string>();
  return found.filter((joined) => {
    const key = JSON.stringify(keyOf(joined));
    return !seen.has(key) && seen.add(key) !== undefined;
  });
}

type Projection = (environments: readonly Environment[], outer: Environment) => readonly Row[];

function projectionOf(targets: readonly Node[], columns: From['columns'], scope: Scope): Projection {
  const list = targets.map((node) => (node as { ResTarget: ResTarget }).ResTarget);
  const value = list[0]?.val;
  if (value !== undefined && 'FuncCall' in value) {
    const name = stringsOf(value.FuncCall.funcname).at(-1);
    if (name === 'count') return (environments) => [{ [list[0]?.name ?? 'count']: environments.length }];
  }
  if (
    value !== undefined &&
    'ColumnRef' in value &&
    value.ColumnRef.fields?.some((field) => 'A_Star' in field)
  ) {
    const name = [...columns.keys()][0] as string;
    return (environments) => environments.map(({ rows }) => rows[name] as Row);
  }
  const compiled = list.map(({ name, val }): [string, Expression] => [
    name ?? columnName(required(val)),
    compileExpression(required(val), scope),
  ]);
  // Unnamed columns must not fall together.
  const names = compiled.map(([name], index) => (name === 'column' ? `column${index + 1}` : name));
  return (environments) =>
    environments.map((environment) =>
      Object.fromEntries(compiled.map(([, expression], index) => [names[index], expression(environment)])),
    );
}

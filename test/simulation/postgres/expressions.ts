import type { A_Expr, BoolExpr, ColumnRef, FuncCall, Node, TypeName } from 'libpg-query';
import { operators } from './operators.ts';
import type { Row, Value, Writer } from './tables.ts';
import { cast, compare } from './values.ts';

/** What an expression is evaluated in: parameters, and one row for each name in scope. */
export interface Environment {
  /** Whose own uncommitted rows are seen. */
  readonly writer: Writer;
  readonly parameters: readonly Value[];
  readonly rows: Readonly<Record<string, Row | null>>;
  /** Time of the database, ms since the epoch. */
  readonly now: number;
}

export type Expression = (environment: Environment) => Value;

/** Names in scope with their columns, and how a query inside an expression is compiled. */
export interface Scope {
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  readonly subquery: (select: Node, scope: Scope) => (environment: Environment) => readonly Row[];
}

/** Compiles the part of Postgres' expressions that the store uses; anything else is an error that names it. */
export function compileExpression(node: Node, scope: Scope): Expression {
  const inner = (child: Node | undefined): Expression => compileExpression(required(child), scope);
  if ('ColumnRef' in node) return columnOf(node.ColumnRef, scope);
  if ('ParamRef' in node) {
    const index = (node.ParamRef.number ?? 1) - 1;
    return ({ parameters }) => parameters[index] ?? null;
  }
  if ('A_Const' in node) return constantOf(node.A_Const as Constant);
  if ('TypeCast' in node) {
    const type = node.TypeCast.typeName as TypeName;
    const value = inner(node.TypeCast.arg);
    if ((type.arrayBounds?.length ?? 0) > 0) return value;
    const name = typeOf(type);
    return (environment) => cast(value(environment), name);
  }
  if ('A_Expr' in node) return operatorOf(node.A_Expr, inner);
  if ('BoolExpr' in node) return booleanOf(node.BoolExpr, inner);
  if ('NullTest' in node) {
    const value = inner(node.NullTest.arg);
    const wanted = node.NullTest.nulltesttype === 'IS_NULL';
    return (environment) => ((value(environment) ?? null) === null) === wanted;
  }
  if ('CoalesceExpr' in node) {
    const values = (node.CoalesceExpr.args ?? []).map(inner);
    return (environment) => {
      for (const value of values) {
        const found = value(environment) ?? null;
        if (found !== null) return found;
      }
      return null;
    };
  }
  if ('SubLink' in node) {
    const rows = scope.subquery(required(node.SubLink.subselect), scope);
    if (node.SubLink.subLinkType === 'EXISTS_SUBLINK') return (environment) => rows(environment).length > 0;
    if (node.SubLink.subLinkType === 'EXPR_SUBLINK') {
      return (environment) => Object.values(rows(environment)[0] ?? { none: null })[0] ?? null;
    }
  }
  if ('FuncCall' in node) return functionOf(node.FuncCall, inner);
  throw unsupported('expression', Object.keys(node)[0]);
}

export function typeOf(type: TypeName | undefined): string {
  return stringsOf(type?.names).at(-1) ?? '';
}

export function stringsOf(nodes: readonly Node[] | undefined): readonly string[] {
  return (nodes ?? []).map((node) => ('String' in node ? (node.String.sval ?? '') : ''));
}

/** The store says something that the simulated Postgres has not learned yet: no history can be believed then. */
export class UnknownSql extends Error {}

export function unsupported(what: string, found: unknown): Error {
  return new UnknownSql(
    `the simulated Postgres does not know this ${what}: ${String(found)}; add it in test/simulation/postgres`,
  );
}

export function required<T>(value: T | undefined): T {
  if (value === undefined) throw unsupported('statement', 'a part is missing');
  return value;
}

function columnOf({ fields }: ColumnRef, scope: Scope): Expression {
  const names = stringsOf(fields);
  const column = names.at(-1) as string;
  const table =
    names.length === 2
      ? names[0]
      : [...scope.columns].toReversed().find(([, columns]) => columns.has(column))?.[0];
  if (table === undefined) throw unsupported('column', column);
  return ({ rows }) => rows[table]?.[column] ?? null;
}

interface Constant {
  readonly isnull?: boolean;
  readonly sval?: { sval?: string };
  readonly ival?: { ival?: number };
  readonly fval?: { fval?: string };
  readonly boolval?: { boolval?: boolean };
}

function constantOf(constant: Constant): Expression {
  const { sval, ival, fval, boolval, isnull } = constant;
  const value =
    isnull === true
      ? null
      : sval !== undefined
        ? (sval.sval ?? '')
        : ival !== undefined
          ? (ival.ival ?? 0)
          : fval !== undefined
            ? Number(fval.fval)
            : (boolval?.boolval ?? false);
  return () => value;
}

function operatorOf(expression: A_Expr, inner: (node: Node | undefined) => Expression): Expression {
  const operator = stringsOf(expression.name)[0] ?? '';
  const left = inner(expression.lexpr);
  switch (expression.kind) {
    case 'AEXPR_OP': {
      const right = inner(expression.rexpr);
      const apply = operators[operator];
      if (apply === undefined) throw unsupported('operator', operator);
      return (environment) => apply(left(environment), right(environment));
    }
    case 'AEXPR_OP_ANY': {
      const right = inner(expression.rexpr);
      return (environment) => {
        const value = left(environment);
        return (right(environment) as readonly Value[]).some((member) => compare(value, member) === 0);
      };
    }
    case 'AEXPR_IN': {
      const list = expression.rexpr;
      const members = list !== undefined && 'List' in list ? (list.List.items ?? []).map(inner) : [];
      const negated = operator === '<>';
      return (environment) => {
        const value = left(environment);
        return members.some((member) => compare(value, member(environment)) === 0) !== negated;
      };
    }
    case 'AEXPR_DISTINCT':
    case 'AEXPR_NOT_DISTINCT': {
      const right = inner(expression.rexpr);
      const wanted = expression.kind === 'AEXPR_NOT_DISTINCT';
      return (environment) => {
        const [a, b] = [left(environment), right(environment)];
        const same = a === null || b === null ? a === b : compare(a, b) === 0;
        return same === wanted;
      };
    }
    default:
      throw unsupported('operator', expression.kind);
  }
}

/** Three-valued: what is neither true nor false is null. */
function booleanOf({ boolop, args }: BoolExpr, inner: (node: Node) => Expression): Expression {
  const parts = (args ?? []).map(inner);
  switch (boolop) {
    case 'AND_EXPR':
      return (environment) => {
        let result: boolean | null = true;
        for (const part of parts) {
          const value = part(environment);
          if (value === false) return false;
          if (value === null) result = null;
        }
        return result;
      };
    case 'OR_EXPR':
      return (environment) => {
        let result: boolean | null = false;
        for (const part of parts) {
          const value = part(environment);
          if (value === true) return true;
          if (value === null) result = null;
        }
        return result;
      };
    case 'NOT_EXPR':
      return (environment) => {
        const value = parts[0]?.(environment) ?? null;
        return value === null ? null : value !== true;
      };
    default:
      throw unsupported('boolean', boolop);
  }
}

function functionOf({ funcname, args }: FuncCall, inner: (node: Node) => Expression): Expression {
  const name = stringsOf(funcname).at(-1);
  const values = (args ?? []).map(inner);
  switch (name) {
    case 'now':
    case 'clock_timestamp':
      return ({ now }) => new Date(now);
    case 'jsonb_build_object':
      return (environment) => {
        const members = values.map((value) => value(environment));
        const pairs = members.flatMap((name, at) => (at % 2 === 0 ? [[String(name), members[at + 1]]] : []));
        return Object.fromEntries(pairs);
      };
    case 'split_part':
      return (environment) => {
        const [text, separator, n] = values.map((value) => value(environment));
        return (
          String(text)
            .split(String(separator))
            .at(Number(n) - 1) ?? ''
        );
      };
    // Nobody is renamed here: every log is kept under the repository's name.
    case 'audit_chain':
    case 'audit_name':
      return (environment) => values[0]?.(environment) ?? null;
    case 'greatest':
      return (environment) =>
        values.map((value) => value(environment)).reduce((a, b) => ((compare(a, b) ?? -1) < 0 ? b : a));
    default:
      throw unsupported('function', name);
  }
}

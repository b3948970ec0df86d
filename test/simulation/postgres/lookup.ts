import type { Node } from 'libpg-query';
import type { Environment } from './expressions.ts';
import type { Table, Tuple } from './tables.ts';

/** Columns that the condition compares with a parameter: the rows are looked up instead of walked through. */
export function equalities(where: Node | undefined): readonly { column: string; parameter: number }[] {
  if (where === undefined) return [];
  if ('BoolExpr' in where && where.BoolExpr.boolop === 'AND_EXPR') {
    return (where.BoolExpr.args ?? []).flatMap((arg) => equalities(arg));
  }
  if (!('A_Expr' in where) || where.A_Expr.kind !== 'AEXPR_OP') return [];
  const { name, lexpr, rexpr } = where.A_Expr;
  const operator = name?.[0];
  if (operator === undefined || !('String' in operator) || operator.String.sval !== '=') return [];
  if (lexpr === undefined || !('ColumnRef' in lexpr) || rexpr === undefined || !('ParamRef' in rexpr))
    return [];
  const field = lexpr.ColumnRef.fields?.at(-1);
  if (field === undefined || !('String' in field)) return [];
  return [{ column: field.String.sval ?? '', parameter: (rexpr.ParamRef.number ?? 1) - 1 }];
}

export function candidates(
  table: Table,
  keys: readonly { column: string; parameter: number }[],
  { parameters }: Environment,
): Iterable<Tuple> {
  let best: ReadonlySet<Tuple> = table.tuples;
  for (const { column, parameter } of keys) {
    const value = parameters[parameter];
    if (value instanceof Date || !table.columns.has(column)) continue;
    const found = table.lookup(column, value);
    if (found.size < best.size) best = found;
  }
  return best;
}

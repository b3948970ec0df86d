import type { Node } from 'libpg-query';
import { addedColumns } from '../sql/alter-table.ts';
import { as, kindOf, words } from '../sql/nodes.ts';
import { accessExclusive, type Rule } from './rule.ts';

/** Functions that give one value for the whole statement, so that Postgres 11+ stores it without a rewrite. */
const stableFunctions = new Set(['now', 'transaction_timestamp', 'statement_timestamp', 'current_setting']);

/** Postgres 11 release notes: a default that is not volatile is kept in the catalogue, older rows are not touched. */
export const addingFieldWithDefault: Rule = {
  name: 'adding-field-with-default',
  level: 'error',
  danger:
    'A volatile default, an identity or a stored generated column rewrites the whole table under ACCESS EXCLUSIVE.',
  *check(script, { postgres, created }) {
    for (const { table, column, constraints, at } of addedColumns(script)) {
      if (created.has(table)) continue;
      const identity = constraints.find((one) => one.contype === 'CONSTR_IDENTITY');
      const generated = constraints.find((one) => one.contype === 'CONSTR_GENERATED');
      const value = constraints.find((one) => one.contype === 'CONSTR_DEFAULT');
      if (identity !== undefined) {
        yield {
          at: identity.location ?? at,
          message: `The identity column \`${column.colname}\` numbers every row: it rewrites the table under ${accessExclusive}.`,
          help: 'Add a plain nullable column, fill it in batches, then make it NOT NULL by way of a check and ADD GENERATED … AS IDENTITY.',
        };
      } else if (generated !== undefined && generated.generated_kind !== 'v') {
        yield {
          at: generated.location ?? at,
          message: `Adding the stored generated column \`${column.colname}\` rewrites the table under ${accessExclusive}.`,
          help: 'Add a nullable column, fill it in batches, and keep it up to date with a trigger; on Postgres 18 a VIRTUAL column needs no rewrite.',
        };
      } else if (value !== undefined && (postgres < 11 || isVolatile(value.raw_expr))) {
        yield {
          at: value.location ?? at,
          message: `The default of \`${column.colname}\` ${postgres < 11 ? `makes Postgres ${postgres} rewrite` : 'may differ from row to row, so Postgres rewrites'} the table under ${accessExclusive}.`,
          help: 'Add the column without a default, set the default in a second statement for new rows, then fill old rows in batches.',
        };
      }
    }
  },
};

/** Unknown functions count as volatile: that is what CREATE FUNCTION makes unless told otherwise. */
function isVolatile(node: Node | undefined): boolean {
  if (node === undefined) return false;
  const kind = kindOf(node);
  switch (kind) {
    case 'A_Const':
    case 'SQLValueFunction':
      return false;
    case 'TypeCast':
      return isVolatile(as(node, 'TypeCast')?.arg);
    case 'CollateClause':
      return isVolatile(as(node, 'CollateClause')?.arg);
    case 'A_Expr': {
      const expression = as(node, 'A_Expr');
      return isVolatile(expression?.lexpr) || isVolatile(expression?.rexpr);
    }
    case 'A_ArrayExpr':
      return (as(node, 'A_ArrayExpr')?.elements ?? []).some(isVolatile);
    case 'FuncCall': {
      const call = as(node, 'FuncCall');
      const name = words(call?.funcname).at(-1) ?? '';
      return (call?.args ?? []).length > 0 || !stableFunctions.has(name);
    }
    default:
      return true;
  }
}

import type { Node } from 'libpg-query';
import { addedColumns } from '../sql/alter-table.ts';
import { as, words } from '../sql/nodes.ts';
import { nonVolatileFunctions, withoutArguments } from '../sql/non-volatile-functions.ts';
import { accessExclusive, type Rule } from './rule.ts';

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

/**
 * Whether an expression calls a function that may give each row another value. Unknown functions do: volatile is
 * what CREATE FUNCTION makes of them unless told otherwise.
 */
function isVolatile(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const call = as(value as Node, 'FuncCall');
  if (call !== undefined) {
    const [name = '', schema = 'pg_catalog'] = words(call.funcname).toReversed();
    const builtIn = schema === 'pg_catalog' && nonVolatileFunctions.has(name);
    // With arguments these are somebody's own functions of that name.
    if (!builtIn || (withoutArguments.has(name) && call.args !== undefined)) return true;
  }
  return Object.values(value).some(isVolatile);
}

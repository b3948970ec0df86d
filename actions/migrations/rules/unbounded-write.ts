import type { Node } from 'libpg-query';
import { statementsOf } from '../sql/by-kind.ts';
import { as, type NodeOf } from '../sql/nodes.ts';
import { tableKey } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const unboundedWrite: Rule = {
  name: 'unbounded-write',
  level: 'warning',
  danger:
    'An UPDATE or DELETE of all rows locks each of them until the end, bloats the table and floods replicas.',
  *check(script, { created }) {
    for (const { node, start } of statementsOf(script, ...writers)) {
      for (const { verb, table } of unboundedIn(node)) {
        if (created.has(table)) continue;
        yield {
          at: start,
          message: `This ${verb} every row of \`${table}\` in one transaction: all rows stay locked until it ends.`,
          help: 'Work in batches of some thousand rows, each in a transaction of its own, outside the migration.',
        };
      }
    }
  },
};

/** A SELECT and an INSERT write in what stands in their WITH. */
const writers = ['UpdateStmt', 'DeleteStmt', 'MergeStmt', 'SelectStmt', 'InsertStmt'] as const;

interface Unbounded {
  readonly verb: 'updates' | 'deletes' | 'writes to';
  readonly table: string;
}

function unboundedIn(node: Node): Unbounded[] {
  const update = as(node, 'UpdateStmt');
  const remove = as(node, 'DeleteStmt');
  const merge = as(node, 'MergeStmt');
  const statement = update ?? remove ?? merge ?? as(node, 'SelectStmt') ?? as(node, 'InsertStmt');
  const inner = statement?.withClause?.ctes?.flatMap((cte) => {
    const query = as(cte, 'CommonTableExpr')?.ctequery;
    return query === undefined ? [] : unboundedIn(query);
  });
  const condition = merge === undefined ? (update ?? remove)?.whereClause : merge.joinCondition;
  const target = update ?? remove ?? merge;
  if (target === undefined || (condition !== undefined && !isAlwaysTrue(condition))) return inner ?? [];
  const verb = update ? 'updates' : remove ? 'deletes' : 'writes to';
  return [...(inner ?? []), { verb, table: tableKey(target.relation) }];
}

/** `WHERE true`, `WHERE 1 = 1`: written to please a linter. */
function isAlwaysTrue(condition: Node): boolean {
  const constant = as(condition, 'A_Const');
  if (constant !== undefined) return constant.boolval?.boolval === true;
  const comparison = as(condition, 'A_Expr');
  const [left, right] = [comparison?.lexpr, comparison?.rexpr].map((side) => as(side, 'A_Const'));
  return left !== undefined && right !== undefined && spelled(left) === spelled(right);
}

function spelled({ ival, sval, fval, boolval }: NodeOf<'A_Const'>): string {
  return JSON.stringify([ival, sval, fval, boolval]);
}

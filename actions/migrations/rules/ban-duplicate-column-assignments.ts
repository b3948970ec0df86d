import type { Node } from 'libpg-query';
import { all, as } from '../sql/nodes.ts';
import type { Rule } from './rule.ts';

interface Target {
  readonly name?: string;
  readonly location?: number;
  readonly indirection?: readonly Node[];
}

export const banDuplicateColumnAssignments: Rule = {
  name: 'ban-duplicate-column-assignments',
  level: 'error',
  danger: 'Postgres refuses to assign one column twice in one statement.',
  *check(script) {
    for (const { kind, node, start } of script.statements) {
      if (!assigning.has(kind)) continue;
      for (const targets of directLists(node) ?? assignmentLists(node)) {
        const seen = new Set<string>();
        for (const { name = '', location = start, indirection } of targets) {
          // Parts of one array or composite may be set one by one.
          if (indirection !== undefined && indirection.length > 0) continue;
          if (!seen.has(name)) {
            seen.add(name);
            continue;
          }
          yield {
            at: location,
            message: `The column \`${name}\` is assigned twice in one statement: Postgres refuses it.`,
            help: 'Remove one of the two assignments.',
          };
        }
      }
    }
  },
};

/** Statements that can hold an assignment, themselves or in a WITH. */
const assigning = new Set<string>([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'SelectStmt',
  'CreateTableAsStmt',
]);

const listOf: Readonly<Record<string, string>> = {
  InsertStmt: 'cols',
  UpdateStmt: 'targetList',
  onConflictClause: 'targetList',
  MergeWhenClause: 'targetList',
};

/** The lists of a plain INSERT, UPDATE or DELETE; null where one may hide deeper, which takes a walk through the tree. */
function directLists(node: Node): Target[][] | null {
  const insert = as(node, 'InsertStmt');
  const select = as(insert?.selectStmt, 'SelectStmt');
  const plain = insert ?? as(node, 'UpdateStmt') ?? as(node, 'DeleteStmt');
  if (plain === undefined || plain.withClause !== undefined || select?.withClause !== undefined) return null;
  if (insert) return [all(insert.cols, 'ResTarget'), all(insert.onConflictClause?.targetList, 'ResTarget')];
  return [all(as(node, 'UpdateStmt')?.targetList, 'ResTarget')];
}

/** Every list of assigned columns in the statement, also inside WITH, ON CONFLICT and MERGE. */
function assignmentLists(value: unknown, under = '', found: Target[][] = []): Target[][] {
  if (typeof value !== 'object' || value === null) return found;
  if (Array.isArray(value)) {
    for (const item of value) assignmentLists(item, under, found);
    return found;
  }
  const record = value as Readonly<Record<string, unknown>>;
  const list = record[listOf[under] ?? ''];
  if (Array.isArray(list) && list.length > 1) {
    found.push(list.flatMap((item: { ResTarget?: Target }) => item.ResTarget ?? []));
  }
  for (const key in record) assignmentLists(record[key], key, found);
  return found;
}

import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import { tableKey } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const renamingTable: Rule = {
  name: 'renaming-table',
  level: 'error',
  danger: 'The version that still runs names the old table and fails.',
  *check(script, { created }) {
    for (const { node, start } of statementsOf(script, 'RenameStmt')) {
      const rename = as(node, 'RenameStmt');
      if (rename?.renameType !== 'OBJECT_TABLE' || created.has(tableKey(rename.relation))) continue;
      yield {
        at: start,
        message: `After renaming \`${tableKey(rename.relation)}\` every running version that names it fails, and so does a rollback.`,
        help: 'Rename and create a view under the old name in one transaction, or keep the name.',
      };
    }
    for (const { node, start } of statementsOf(script, 'AlterObjectSchemaStmt')) {
      const move = as(node, 'AlterObjectSchemaStmt');
      if (move?.objectType !== 'OBJECT_TABLE' || created.has(tableKey(move.relation))) continue;
      yield {
        at: start,
        message: `After moving \`${tableKey(move.relation)}\` to the schema \`${move.newschema ?? ''}\` every running version that names it fails, and so does a rollback.`,
        help: 'Move it and create a view under the old name in one transaction, or leave it where it is.',
      };
    }
  },
};

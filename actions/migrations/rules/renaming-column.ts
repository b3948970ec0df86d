import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import { tableKey } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const renamingColumn: Rule = {
  name: 'renaming-column',
  level: 'error',
  danger: 'The version that still runs names the old column and fails.',
  *check(script, { created }) {
    for (const { node, start } of statementsOf(script, 'RenameStmt')) {
      const rename = as(node, 'RenameStmt');
      const column = rename?.renameType === 'OBJECT_COLUMN' && rename.relationType === 'OBJECT_TABLE';
      if (!column || created.has(tableKey(rename.relation))) continue;
      yield {
        at: start,
        message: `After renaming \`${tableKey(rename.relation)}.${rename.subname}\` every running version that names it fails, and so does a rollback.`,
        help: 'Add a column with the new name, write both, move readers, drop the old one in a later release; or put a view in front.',
      };
    }
  },
};

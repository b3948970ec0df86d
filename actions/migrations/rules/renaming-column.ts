import { statementsOf } from '../sql/by-kind.ts';
import { as, type NodeOf } from '../sql/nodes.ts';
import { tableKey } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const renamingColumn: Rule = {
  name: 'renaming-column',
  level: 'error',
  danger: 'The version that still runs names the old column and fails.',
  *check(script, { created }) {
    for (const { node, start } of statementsOf(script, 'RenameStmt')) {
      const rename = as(node, 'RenameStmt');
      if (rename === undefined || !isOfRelation(rename) || created.has(tableKey(rename.relation))) continue;
      yield {
        at: start,
        message: `After renaming \`${tableKey(rename.relation)}.${rename.subname}\` every running version that names it fails, and so does a rollback.`,
        help: 'Add a column with the new name, write both, move readers, drop the old one in a later release; or put a view in front.',
      };
    }
  },
};

/** Of a table, or of what is read like one; the attributes of a composite type, too. */
function isOfRelation({ renameType, relationType }: NodeOf<'RenameStmt'>): boolean {
  return (
    (renameType === 'OBJECT_COLUMN' && relationType !== 'OBJECT_INDEX') || renameType === 'OBJECT_ATTRIBUTE'
  );
}

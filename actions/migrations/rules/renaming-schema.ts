import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import type { Rule } from './rule.ts';

export const renamingSchema: Rule = {
  name: 'renaming-schema',
  level: 'error',
  danger: 'The version that still runs names the old schema, or has it in its search_path, and fails.',
  *check(script) {
    for (const { node, start } of statementsOf(script, 'RenameStmt')) {
      const rename = as(node, 'RenameStmt');
      if (rename?.renameType !== 'OBJECT_SCHEMA') continue;
      yield {
        at: start,
        message: `Renaming the schema \`${rename.subname ?? ''}\` breaks every running version that uses it.`,
        help: 'Make a new schema, move over to it table by table, and drop the old one in a later release.',
      };
    }
  },
};

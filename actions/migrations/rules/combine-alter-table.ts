import { as } from '../sql/nodes.ts';
import { tableKey } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const combineAlterTable: Rule = {
  name: 'combine-alter-table',
  level: 'warning',
  optIn: true,
  danger: 'Two ALTER TABLE of one table wait for its lock, and may scan it, twice.',
  *check(script, { created }) {
    let before = '';
    for (const { node, start } of script.statements) {
      const alter = as(node, 'AlterTableStmt');
      const table = alter?.objtype === 'OBJECT_TABLE' ? tableKey(alter.relation) : '';
      if (table !== '' && table === before && !created.has(table)) {
        yield {
          at: start,
          message: `\`${table}\` was altered by the statement before: one ALTER TABLE can do both.`,
          help: 'Put both commands into one statement, separated by a comma.',
        };
      }
      before = table;
    }
  },
};

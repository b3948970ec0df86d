import { tableCommands } from '../sql/alter-table.ts';
import { statementsOf } from '../sql/by-kind.ts';
import { as } from '../sql/nodes.ts';
import { tableKey } from '../sql/tables.ts';
import type { Rule } from './rule.ts';

export const rowSecurityOff: Rule = {
  name: 'row-security-off',
  level: 'error',
  danger: 'Without row-level security whoever may read the table reads the rows of every tenant.',
  *check(script) {
    for (const { statement, table, command } of tableCommands(script)) {
      const off = command.subtype === 'AT_DisableRowSecurity';
      if (!off && command.subtype !== 'AT_NoForceRowSecurity') continue;
      yield {
        at: statement.start,
        message: off
          ? `This turns off row-level security of \`${table}\`: its policies no longer hide any row.`
          : `The owner of \`${table}\` is no longer bound by its policies, and most applications connect as the owner.`,
        help: 'Change the policies instead. If the table really is for everybody, say so in an exception with a reason.',
      };
    }
  },
};

export const rowSecurityWithoutPolicy: Rule = {
  name: 'row-security-without-policy',
  level: 'warning',
  danger:
    'With row-level security and no policy, nobody but the owner sees a row, and every query still succeeds.',
  *check(script, { earlier }) {
    const known = new Set(
      [...earlier, script].flatMap((one) =>
        statementsOf(one, 'CreatePolicyStmt').map(({ node }) =>
          tableKey(as(node, 'CreatePolicyStmt')?.table),
        ),
      ),
    );
    for (const { statement, table, command } of tableCommands(script)) {
      if (command.subtype !== 'AT_EnableRowSecurity' || known.has(table)) continue;
      yield {
        at: statement.start,
        message: `No policy is made for \`${table}\`: readers who do not own it will see no rows, and no error.`,
        help: 'Write CREATE POLICY in the same transaction, before ENABLE ROW LEVEL SECURITY.',
      };
    }
  },
};

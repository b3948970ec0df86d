import { addedConstraints, tableCommands } from '../sql/alter-table.ts';
import { as } from '../sql/nodes.ts';
import type { Script } from '../sql/parse.ts';
import { accessExclusive, type Hit, type Rule } from './rule.ts';

const scanning = new Set(['CONSTR_CHECK', 'CONSTR_FOREIGN', 'CONSTR_NOTNULL']);

export const constraintMissingNotValid: Rule = {
  name: 'constraint-missing-not-valid',
  level: 'error',
  danger: 'A constraint without NOT VALID scans the table while writes are blocked.',
  *check(script, { created }) {
    for (const { table, constraint, at, inline } of addedConstraints(script)) {
      if (inline || created.has(table) || constraint.skip_validation) continue;
      if (constraint.contype === undefined || !scanning.has(constraint.contype)) continue;
      const lock =
        constraint.contype === 'CONSTR_FOREIGN'
          ? 'a SHARE ROW EXCLUSIVE lock, which blocks writes'
          : accessExclusive;
      yield {
        at,
        message: `The constraint${constraint.conname ? ` \`${constraint.conname}\`` : ''} on \`${table}\` is checked against all rows under ${lock}.`,
        help: 'Add it with NOT VALID, then run ALTER TABLE … VALIDATE CONSTRAINT … in a later transaction: that one lets reads and writes go on.',
      };
    }
    yield* validatedInSameTransaction(script, created);
  },
};

/** The lock of ADD CONSTRAINT … NOT VALID is short only when its transaction ends before the scan begins. */
function* validatedInSameTransaction(script: Script, created: ReadonlySet<string>): Generator<Hit> {
  const commands = tableCommands(script);
  if (!commands.some(({ command }) => command.subtype === 'AT_ValidateConstraint')) return;
  const transactions = transactionNumbers(script);
  const added = new Set<string>();
  for (const { statement, table, command, at } of commands) {
    const transaction = transactions[statement.index];
    if (transaction === null || created.has(table)) continue;
    const constraint = command.subtype === 'AT_AddConstraint' ? as(command.def, 'Constraint') : undefined;
    if (constraint?.skip_validation) added.add(`${transaction} ${table} ${constraint.conname}`);
    if (command.subtype !== 'AT_ValidateConstraint') continue;
    if (!added.has(`${transaction} ${table} ${command.name}`)) continue;
    yield {
      at,
      message: `\`${command.name}\` is validated in the transaction that adds it: the lock of ADD CONSTRAINT is held during the whole scan.`,
      help: 'Validate in a later transaction: put VALIDATE CONSTRAINT into a migration of its own.',
    };
  }
}

/** For each statement the number of the transaction that it runs in; null for one that runs by itself. */
function transactionNumbers(script: Script): (number | null)[] {
  let number = 0;
  return script.statements.map(({ node, transaction }) => {
    if (as(node, 'TransactionStmt') !== undefined) number++;
    return transaction === null ? null : number;
  });
}

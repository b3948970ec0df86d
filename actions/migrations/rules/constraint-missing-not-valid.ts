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
  const added = new Set<string>();
  for (const statement of script.statements) {
    if (as(statement.node, 'TransactionStmt') !== undefined || statement.transaction === null) added.clear();
    const alter = as(statement.node, 'AlterTableStmt');
    if (alter === undefined || statement.transaction === null) continue;
    for (const { table, command, at } of tableCommands({ ...script, statements: [statement] })) {
      const constraint = command.subtype === 'AT_AddConstraint' ? as(command.def, 'Constraint') : undefined;
      if (constraint?.skip_validation) added.add(`${table} ${constraint.conname}`);
      const validates = command.subtype === 'AT_ValidateConstraint' && added.has(`${table} ${command.name}`);
      if (!validates || created.has(table)) continue;
      yield {
        at,
        message: `\`${command.name}\` is validated in the transaction that adds it: the lock of ADD CONSTRAINT is held during the whole scan.`,
        help: 'Validate in a later transaction: put VALIDATE CONSTRAINT into a migration of its own.',
      };
    }
  }
}

import type { Node } from 'libpg-query';
import { tableCommands } from '../sql/alter-table.ts';
import { as, words } from '../sql/nodes.ts';
import type { Script } from '../sql/parse.ts';
import { accessExclusive, type Rule } from './rule.ts';

/** Postgres 12 release notes: SET NOT NULL skips the scan when a valid CHECK constraint proves the column not null. */
export const addingNotNullableField: Rule = {
  name: 'adding-not-nullable-field',
  level: 'error',
  danger: 'SET NOT NULL scans the whole table under ACCESS EXCLUSIVE.',
  *check(script, { postgres, created }) {
    const proofs = new Proofs(script);
    for (const { statement, table, command, at } of tableCommands(script)) {
      if (command.subtype !== 'AT_SetNotNull' || created.has(table)) continue;
      if (postgres >= 12 && proofs.hold(table, command.name ?? '', statement.index)) continue;
      yield {
        at,
        message: `SET NOT NULL on \`${table}.${command.name}\` scans the table under ${accessExclusive}.`,
        help: `Add CHECK (${command.name} IS NOT NULL) NOT VALID, run VALIDATE CONSTRAINT in a later transaction, then SET NOT NULL (Postgres 12+ skips the scan) and drop the check.`,
      };
    }
  },
};

/** What the script itself shows about validated `CHECK (column IS NOT NULL)` constraints. */
class Proofs {
  /** Index of the statement that validates, by table and column; `*` for a constraint of an earlier migration. */
  private readonly validatedAt = new Map<string, number>();

  constructor(script: Script) {
    const columns = new Map<string, string>();
    for (const { statement, table, command } of tableCommands(script)) {
      const constraint = command.subtype === 'AT_AddConstraint' ? as(command.def, 'Constraint') : undefined;
      if (constraint?.conname) {
        const column = constraint.contype === 'CONSTR_CHECK' ? notNullColumn(constraint.raw_expr) : null;
        columns.set(`${table} ${constraint.conname}`, column ?? '');
        if (!constraint.skip_validation) this.remember(table, column ?? '', statement.index);
      }
      // Of a constraint that the script does not make only its name is known: it is taken at its word.
      if (command.subtype === 'AT_ValidateConstraint') {
        this.remember(table, columns.get(`${table} ${command.name}`) ?? '*', statement.index);
      }
    }
  }

  hold(table: string, column: string, before: number): boolean {
    return [column, '*'].some((name) => (this.validatedAt.get(`${table} ${name}`) ?? Infinity) <= before);
  }

  private remember(table: string, column: string, at: number): void {
    const key = `${table} ${column}`;
    if (!this.validatedAt.has(key)) this.validatedAt.set(key, at);
  }
}

function notNullColumn(expression: Node | undefined): string | null {
  const test = as(expression, 'NullTest');
  if (test?.nulltesttype !== 'IS_NOT_NULL') return null;
  return words(as(test.arg, 'ColumnRef')?.fields).at(-1) ?? null;
}

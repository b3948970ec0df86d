import { tableCommands } from '../sql/alter-table.ts';
import { NotNullProofs } from '../sql/not-null.ts';
import { accessExclusive, type Rule } from './rule.ts';

/** Postgres 12 release notes: SET NOT NULL skips the scan when a valid CHECK constraint proves the column not null. */
export const addingNotNullableField: Rule = {
  name: 'adding-not-nullable-field',
  level: 'error',
  danger: 'SET NOT NULL scans the whole table under ACCESS EXCLUSIVE.',
  *check(script, { postgres, created, earlier }) {
    let proofs: NotNullProofs | undefined;
    for (const { statement, table, command, at } of tableCommands(script)) {
      if (command.subtype !== 'AT_SetNotNull' || created.has(table)) continue;
      proofs ??= new NotNullProofs(earlier, script);
      const proven = proofs.checkedBefore(script, statement.index, table, command.name ?? '');
      if (postgres >= 12 && proven) continue;
      yield {
        at,
        message: `SET NOT NULL on \`${table}.${command.name}\` scans the table under ${accessExclusive}.`,
        help: `Add CHECK (${command.name} IS NOT NULL) NOT VALID, run VALIDATE CONSTRAINT in a later transaction, then SET NOT NULL (Postgres 12+ skips the scan) and drop the check.`,
      };
    }
  },
};

import { typeUses } from '../sql/alter-table.ts';
import type { Rule } from './rule.ts';

export const preferTextField: Rule = {
  name: 'prefer-text-field',
  level: 'warning',
  optIn: true,
  danger: 'To change the limit of a VARCHAR(n) later takes ACCESS EXCLUSIVE.',
  *check(script) {
    for (const { type, name, column, at } of typeUses(script)) {
      if (name !== 'varchar' || (type.typmods ?? []).length === 0) continue;
      yield {
        at,
        message: `\`${column}\` has a limit in its type: to change it later takes an ACCESS EXCLUSIVE lock.`,
        help: 'Use TEXT with a CHECK constraint on its length; such a constraint can be replaced without blocking.',
      };
    }
  },
};

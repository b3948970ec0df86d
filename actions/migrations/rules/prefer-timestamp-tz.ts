import { typeUses } from '../sql/alter-table.ts';
import type { Rule } from './rule.ts';

export const preferTimestampTz: Rule = {
  name: 'prefer-timestamp-tz',
  level: 'warning',
  danger: 'A timestamp without time zone is read differently by sessions in different time zones.',
  *check(script) {
    for (const { name, column, at } of typeUses(script)) {
      if (name !== 'timestamp') continue;
      yield {
        at,
        message: `\`${column}\` is a timestamp without time zone: what moment it means depends on who reads it.`,
        help: 'Use timestamptz.',
      };
    }
  },
};

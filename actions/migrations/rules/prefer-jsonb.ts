import { typeUses } from '../sql/alter-table.ts';
import type { Rule } from './rule.ts';

export const preferJsonb: Rule = {
  name: 'prefer-jsonb',
  level: 'warning',
  danger: 'JSON has no equality: SELECT DISTINCT, GROUP BY and UNION over it fail.',
  *check(script) {
    for (const { name, column, at } of typeUses(script)) {
      if (name !== 'json') continue;
      yield {
        at,
        message: `\`${column}\` is JSON: queries that compare rows, such as SELECT DISTINCT, fail on it.`,
        help: 'Use JSONB.',
      };
    }
  },
};

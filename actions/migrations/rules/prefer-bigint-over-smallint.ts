import { typeUses } from '../sql/alter-table.ts';
import type { Rule } from './rule.ts';

const two = new Set(['int2', 'smallserial', 'serial2']);

export const preferBigintOverSmallint: Rule = {
  name: 'prefer-bigint-over-smallint',
  level: 'warning',
  optIn: true,
  danger: 'A 2-byte number ends at 32,767; widening it later rewrites the table.',
  *check(script) {
    for (const { name, column, at } of typeUses(script)) {
      if (!two.has(name)) continue;
      yield {
        at,
        message: `\`${column}\` holds at most 32,767; to widen it later the whole table is rewritten.`,
        help: 'Use BIGINT.',
      };
    }
  },
};

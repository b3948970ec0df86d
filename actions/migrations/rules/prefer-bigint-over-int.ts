import { typeUses } from '../sql/alter-table.ts';
import type { Rule } from './rule.ts';

const four = new Set(['int4', 'serial', 'serial4']);

export const preferBigintOverInt: Rule = {
  name: 'prefer-bigint-over-int',
  level: 'warning',
  optIn: true,
  danger: 'A 4-byte counter ends at 2,147,483,647; widening it later rewrites the table.',
  *check(script) {
    for (const { name, column, at } of typeUses(script)) {
      if (!four.has(name)) continue;
      yield {
        at,
        message: `\`${column}\` holds at most 2,147,483,647; to widen it later the whole table is rewritten.`,
        help: 'Use BIGINT (for a key: bigint GENERATED ALWAYS AS IDENTITY).',
      };
    }
  },
};

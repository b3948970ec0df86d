import { typeUses } from '../sql/alter-table.ts';
import type { Rule } from './rule.ts';

const padded = new Set(['bpchar', 'char']);

export const banCharField: Rule = {
  name: 'ban-char-field',
  level: 'warning',
  danger: 'CHAR(n) pads with blanks, counts them in comparisons and is no faster than TEXT.',
  *check(script) {
    for (const { name, column, at } of typeUses(script)) {
      if (!padded.has(name)) continue;
      yield {
        at,
        message: `\`${column}\` is a CHAR: values are padded with blanks, and nothing is gained over TEXT.`,
        help: 'Use TEXT, with a CHECK constraint on its length when the length matters.',
      };
    }
  },
};

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cypherRules } from '../../../actions/migrations/cypher/rules.ts';
import { observedCodes } from '../../../actions/migrations/options.ts';
import { rules } from '../../../actions/migrations/rules/registry.ts';

const page = readFileSync(new URL('../../../actions/migrations/README.md', import.meta.url), 'utf8');

describe('the page of the gate', () => {
  it.each([...rules, ...cypherRules])(
    'has $name with its level and its danger',
    ({ name, level, danger }) => {
      const line = page.split('\n').find((one) => one.startsWith(`| \`${name}\` | ${level}`));
      expect(line).toContain(danger);
    },
  );

  it.each(observedCodes)('explains %s', (code) => {
    expect(page).toContain(`\`${code}\``);
  });
});

import { describe, expect, it } from 'vitest';
import { decideLicense } from '../../../actions/supply-chain/licenses/decide.ts';
import { parseExpression } from '../../../actions/supply-chain/licenses/expression.ts';
import fc from '../../support/fast-check.ts';

const policy = {
  allow: ['MIT', 'Apache-2.0', 'GPL-2.0-only WITH Classpath-exception-2.0'],
  deny: ['GPL-3.0-only', 'AGPL-3.0-or-later'],
};
const denyOnly = { allow: [], deny: ['GPL-3.0-only', 'GPL-2.0-only'] };

describe('a licence expression', () => {
  it.each([
    ['MIT', 'allowed'],
    ['mit', 'allowed'],
    ['MIT OR GPL-3.0-only', 'allowed'],
    ['GPL-3.0-only OR MIT', 'allowed'],
    ['MIT AND GPL-3.0-only', 'denied'],
    ['MIT AND Apache-2.0', 'allowed'],
    ['(MIT OR GPL-3.0-only) AND Apache-2.0', 'allowed'],
    ['MIT OR Apache-2.0 AND GPL-3.0-only', 'allowed'],
    ['(MIT OR Apache-2.0) AND GPL-3.0-only', 'denied'],
    ['GPL-2.0-only WITH Classpath-exception-2.0', 'allowed'],
    ['GPL-2.0 WITH classpath-exception-2.0', 'allowed'],
    ['GPL-2.0-only', 'denied'],
    ['AGPL-3.0+', 'denied'],
    ['BSD-3-Clause', 'denied'],
    ['LicenseRef-ours', 'denied'],
    ['NOASSERTION', 'unknown'],
    ['NONE', 'unknown'],
    ['UNLICENSED', 'unknown'],
    ['SEE LICENSE IN LICENSE', 'unknown'],
    ['', 'unknown'],
    ['MIT OR', 'unknown'],
    ['(MIT', 'unknown'],
    ['MIT Apache-2.0', 'unknown'],
    ['MIT/Apache-2.0', 'unknown'],
  ])('%j is %s with a list of what is allowed', (text, decision) => {
    expect(decideLicense(text, policy)).toBe(decision);
  });

  it.each([
    ['BSD-3-Clause', 'allowed'],
    ['GPL-3.0', 'denied'],
    ['GPL-3.0-or-later', 'allowed'],
    ['GPL-2.0-only WITH Classpath-exception-2.0', 'denied'],
    ['GPL-3.0-only OR GPL-2.0-only', 'denied'],
    ['NOASSERTION', 'unknown'],
  ])('%j is %s with a list of what is denied', (text, decision) => {
    expect(decideLicense(text, denyOnly)).toBe(decision);
  });

  it('that nobody states is unknown', () => {
    expect(decideLicense(null, denyOnly)).toBe('unknown');
  });

  it('never throws and never hangs, whatever the text', () => {
    const unit = fc.constantFrom('(', ')', ' ', 'MIT', 'AND', 'OR', 'WITH', '+');
    fc.assert(fc.property(fc.string({ unit, maxLength: 200 }), (text) => void parseExpression(text)));
    expect(parseExpression(`${'('.repeat(1_000)}MIT${')'.repeat(1_000)}`)).toBeNull();
  });
});

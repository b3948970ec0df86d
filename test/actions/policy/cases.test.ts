import { describe, expect, it } from 'vitest';
import { policyGate } from '../../../actions/policy/gate.ts';
import { casesOf, readCase, runCase } from '../../support/gate-case.ts';

const cases = casesOf('policy');

describe('the cases of the gate policy', () => {
  it.each(cases)('$name', async ({ folder, verdict }) => {
    const { result } = await runCase(policyGate, folder);
    const codes = result.findings.filter(({ level }) => level !== 'notice').map(({ code }) => code);
    expect({ verdict: result.verdict, codes: [...new Set(codes)].sort() }).toEqual({
      verdict,
      codes: readCase(folder).codes,
    });
  });

  it('says the same when it is asked again', async () => {
    for (const { folder } of cases.slice(0, 5)) {
      const [first, second] = [await runCase(policyGate, folder), await runCase(policyGate, folder)];
      expect(second).toEqual(first);
    }
  });

  it('has every verdict among them', () => {
    const verdicts = new Set(cases.map(({ verdict }) => verdict));
    expect([...verdicts].sort()).toEqual(['fail', 'inconclusive', 'pass', 'skipped', 'warn']);
  });
});

import { describe, expect, it } from 'vitest';
import { supplyChainGate } from '../../../actions/supply-chain/gate.ts';
import { casesOf, readCase, runCase } from '../../support/gate-case.ts';

const cases = casesOf('supply-chain');

describe('the cases of the gate supply-chain', () => {
  it.each(cases)('$name', async ({ folder, verdict }) => {
    const { result } = await runCase(supplyChainGate, folder);
    const codes = result.findings.filter(({ level }) => level !== 'notice').map(({ code }) => code);
    expect({ verdict: result.verdict, codes: [...new Set(codes)].sort() }).toEqual({
      verdict,
      codes: readCase(folder).codes,
    });
  });

  it('says the same when it is asked again', async () => {
    for (const { folder } of cases.slice(0, 5)) {
      const [first, second] = [
        await runCase(supplyChainGate, folder),
        await runCase(supplyChainGate, folder),
      ];
      expect(second).toEqual(first);
    }
  });

  it('has every verdict among them', () => {
    const verdicts = new Set(cases.map(({ verdict }) => verdict));
    expect([...verdicts].sort()).toEqual(['fail', 'inconclusive', 'pass', 'warn']);
  });
});

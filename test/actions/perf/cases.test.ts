import { describe, expect, it } from 'vitest';
import { perfGate } from '../../../actions/perf/gate.ts';
import { casesOf, readCase, runCase } from '../../support/gate-case.ts';

const cases = casesOf('perf');

describe('the cases of the gate perf', () => {
  it.each(cases)('$name', async ({ folder, verdict }) => {
    const { result } = await runCase(perfGate, folder);
    const codes = result.findings.filter(({ level }) => level !== 'notice').map(({ code }) => code);
    expect({ verdict: result.verdict, codes: [...new Set(codes)].sort() }).toEqual({
      verdict,
      codes: readCase(folder).codes,
    });
  });

  it('says the same when it is asked again', async () => {
    for (const { folder } of cases.filter((_, index) => index % 4 === 0)) {
      const [first, second] = [await runCase(perfGate, folder), await runCase(perfGate, folder)];
      expect(second).toEqual(first);
      expect(JSON.parse(JSON.stringify(first.result))).toEqual(first.result);
    }
  });

  it('has every verdict among them', () => {
    const verdicts = new Set(cases.map(({ verdict }) => verdict));
    expect([...verdicts].sort()).toEqual(['fail', 'inconclusive', 'pass', 'skipped', 'warn']);
  });
});

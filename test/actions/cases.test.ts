import { describe, expect, it } from 'vitest';
import { migrationsGate } from '../../actions/migrations/gate.ts';
import { perfGate } from '../../actions/perf/gate.ts';
import { policyGate } from '../../actions/policy/gate.ts';
import { sloGate } from '../../actions/slo/gate.ts';
import { supplyChainGate } from '../../actions/supply-chain/gate.ts';
import type { AnyGate } from '../../core/gate/gate.ts';
import { casesOf, readCase, runCase } from '../support/gate-case.ts';

/** A supply chain is always judged: there is nothing to skip. */
const gates: readonly { readonly gate: AnyGate; readonly verdicts: readonly string[] }[] = [
  { gate: migrationsGate, verdicts: ['fail', 'inconclusive', 'pass', 'skipped', 'warn'] },
  { gate: perfGate, verdicts: ['fail', 'inconclusive', 'pass', 'skipped', 'warn'] },
  { gate: policyGate, verdicts: ['fail', 'inconclusive', 'pass', 'skipped', 'warn'] },
  { gate: sloGate, verdicts: ['fail', 'inconclusive', 'pass', 'skipped', 'warn'] },
  { gate: supplyChainGate, verdicts: ['fail', 'inconclusive', 'pass', 'warn'] },
];

describe.each(gates)('the cases of the gate $gate.name', ({ gate, verdicts }) => {
  const cases = casesOf(gate.name);

  it.each(cases)('$name', async ({ folder, verdict }) => {
    const { result } = await runCase(gate, folder);
    const codes = result.findings.filter(({ level }) => level !== 'notice').map(({ code }) => code);
    expect({ verdict: result.verdict, codes: [...new Set(codes)].sort() }).toEqual({
      verdict,
      codes: readCase(folder).codes,
    });
  });

  it('says the same when it is asked again', async () => {
    for (const { folder } of cases.slice(0, 5)) {
      const [first, second] = [await runCase(gate, folder), await runCase(gate, folder)];
      expect(second).toEqual(first);
      expect(JSON.parse(JSON.stringify(first.result))).toEqual(first.result);
    }
  });

  it('has every verdict among them', () => {
    expect([...new Set(cases.map(({ verdict }) => verdict))].sort()).toEqual(verdicts);
  });
});

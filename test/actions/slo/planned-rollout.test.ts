import { describe, expect, it } from 'vitest';
import { perfGate } from '../../../actions/perf/gate.ts';
import { sloGate } from '../../../actions/slo/gate.ts';
import { sloOptionsSchema } from '../../../actions/slo/options.ts';
import { withPlannedRollout } from '../../../actions/slo/planned-rollout.ts';
import { parseConfig } from '../../../core/config/parse.ts';

/** The rollout that the gate would price. */
const planned = (release: unknown, options: unknown = {}) =>
  sloOptionsSchema.parse(withPlannedRollout(sloGate, options, release) ?? {}).rollout;

describe('the rollout whose price is told', () => {
  it('is what the release section plans', () => {
    expect(planned({ canary: { steps: [5, 100], soak: '30m', max_error_rate: 0.02 } })).toEqual({
      steps: [
        { weight: 5, for: 1_800_000 },
        { weight: 100, for: 1_800_000 },
      ],
      bad_ratio: 0.02,
    });
  });

  it('has the defaults of the whole config', () => {
    const text =
      'version: 1\ntrusted_workflows: [.github/workflows/a.yml]\nrelease: {metrics: {kind: prometheus, url: "http://p:9090"}}\n';
    const canary = parseConfig(text).config.release?.canary;
    expect(planned({})).toEqual({
      steps: canary?.steps.map((weight) => ({ weight, for: canary.soak })),
      bad_ratio: canary?.max_error_rate,
    });
  });

  it('is what the gate’s own section says, if it says so', () => {
    const rollout = { steps: [{ weight: 1, for: '1h' }] };
    expect(planned({}, { rollout })?.steps).toEqual([{ weight: 1, for: 3_600_000 }]);
  });

  it.each([
    ['there is no release section', undefined],
    ['the section is broken, which others tell', { canary: { steps: 'soon' } }],
  ])('is none when %s', (_what, release) => {
    expect(planned(release)).toBeUndefined();
  });

  it('does not concern other gates', () => {
    expect(withPlannedRollout(perfGate, { budgets: [] }, {})).toEqual({ budgets: [] });
  });
});

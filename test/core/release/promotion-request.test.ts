import { describe, expect, it } from 'vitest';
import { disagreements, promotionRequestSchema } from '../../../core/release/promotion-request.ts';
import { unknownRelease } from '../../../core/release/state.ts';
import { config, planFacts } from '../support/facts.ts';

const waves = [{ environment: 'us' }, { environment: 'asia', steps: [50, 100] }];
const release = {
  ...unknownRelease,
  plan: planFacts({ config: config({}, { production_environment: 'eu', waves }) }),
};

describe('a promotion that is asked for by HTTP', () => {
  it.each<[string, object, readonly string[]]>([
    ['says nothing of the waves', {}, []],
    ['expects the waves of the config', { waves }, []],
    [
      'spells out the steps that a wave takes over',
      { waves: [{ environment: 'us', steps: [10, 50, 100] }, waves[1]] },
      [],
    ],
    ['expects other steps', { canary: [50, 100] }, ['STEPS_DIFFER']],
    ['expects no further environment', { waves: [] }, ['WAVES_DIFFER']],
    ['expects another order', { waves: waves.toReversed() }, ['WAVES_DIFFER']],
    [
      'expects other steps in a wave',
      { waves: [waves[0], { environment: 'asia', steps: [100] }] },
      ['WAVES_DIFFER'],
    ],
    [
      'is wrong in everything',
      { canary: [100], waves: [], gates: ['slo'] },
      ['STEPS_DIFFER', 'WAVES_DIFFER'],
    ],
  ])('is compared with the config when it %s', (_what, said, codes) => {
    const request = promotionRequestSchema.parse({
      version: 'v1.1.0',
      canary: [10, 50, 100],
      gates: ['supply_chain'],
      trace_id: 't-1',
      ...said,
    });
    expect(disagreements(request, release).map(({ code }) => code)).toEqual(codes);
  });

  it('is refused for a release without a plan', () => {
    const request = promotionRequestSchema.parse({
      version: 'v1.1.0',
      canary: [],
      gates: [],
      trace_id: 't-1',
    });
    expect(disagreements(request, unknownRelease).map(({ code }) => code)).toEqual(['RELEASE_NOT_PLANNED']);
  });
});

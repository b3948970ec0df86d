import { expect, it } from 'vitest';
import { ReleaseDraft } from '../../../core/release/draft.ts';
import { phases } from '../../../core/release/phase.ts';
import { startRollback } from '../../../core/release/rollback.ts';
import { unknownRelease } from '../../../core/release/state.ts';
import { planFacts, repository, shaA, start } from '../support/facts.ts';

const goesBack = ['shifting', 'soaking', 'finishing', 'observing', 'rollback_failed'];

/** A release that stands in this phase, whoever asks it to go back. */
function draftIn(phase: (typeof phases)[number]): ReleaseDraft {
  const state = { ...unknownRelease, tag: 'v1.1.0', sha: shaA, phase, plan: planFacts() };
  return new ReleaseDraft(state, { now: start, repository });
}

const order = { code: 'CANARY_BREACH', cause: 'errors', trigger: 'auto', by: 'conductor' } as const;

it.each(phases.filter((phase) => !goesBack.includes(phase)))(
  'a release that is %s does not go back, whoever asks: nothing is ordered and nothing said',
  (phase) => {
    const draft = draftIn(phase);
    const before = draft.state;
    expect(startRollback(draft, order)).toBe(false);
    expect(draft.decision()).toEqual({ state: before, effects: [], audit: [] });
  },
);

it.each(phases.filter((phase) => goesBack.includes(phase)))(
  'a release that is %s goes back once, however many causes arrive together',
  (phase) => {
    const draft = draftIn(phase);
    expect(startRollback(draft, order)).toBe(true);
    expect(startRollback(draft, { ...order, code: 'SLO_BURN', cause: 'budget' })).toBe(false);
    const orders = draft.planned().filter(({ effect }) => effect.kind === 'createDeployment');
    expect(orders).toHaveLength(1);
    expect(draft.state).toMatchObject({ phase: 'rolling_back', hold: { code: 'CANARY_BREACH' } });
  },
);

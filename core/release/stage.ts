import { inlineText } from '../gate/markdown.ts';
import { recordCanary } from './canary-record.ts';
import type { ReleaseDraft } from './draft.ts';
import { advanceWhenConfigured } from './promote.ts';
import { advancesAlone, nextWeight, soakLeft } from './steps.ts';

/** Readings after which a stage without any request is known to have no traffic to judge. */
const readingsWithoutTraffic = 2;

/**
 * Verifies the stage with the same judge when its metrics say anything, else by its deployment and gates, and
 * says which of the two it was.
 */
export function concludeStage(draft: ReleaseDraft): void {
  const { measuring } = draft.state;
  if (measuring === null || draft.state.hold !== null) return;
  const idle = measuring.judge.totals.canary.requests === 0 && measuring.seen >= readingsWithoutTraffic;
  switch (measuring.verdict) {
    case 'ready':
      verified(draft, 'metrics');
      break;
    case 'rollback':
    case 'wait':
      breach(draft, measuring.reasons.map(({ message }) => message).join('; '));
      break;
    case 'no-data':
      verified(draft, 'deployment and gates');
      break;
    case 'continue':
    case 'inconclusive':
      if (idle || soakLeft(draft.state, draft.now) === 0) verified(draft, 'deployment and gates');
      break;
  }
}

function verified(draft: ReleaseDraft, by: 'metrics' | 'deployment and gates'): void {
  recordCanary(draft);
  draft.set({ measuring: null, stageVerifiedBy: by });
  draft.move('stage_verified', `stage verified by ${by}`, 'PASS');
  draft.note('stage.verified', 'conductor', `stage verified by ${by}`);
  const weight = nextWeight(draft.state);
  if (!advancesAlone(draft.state))
    draft.comment('stage-verified', `✅ Stage verified by ${by}. Ready for \`/promote ${weight}\`.`);
  advanceWhenConfigured(draft);
}

function breach(draft: ReleaseDraft, cause: string): void {
  recordCanary(draft);
  draft.set({ measuring: null });
  draft.hold('STAGE_BREACH', cause, 'conductor');
  draft.comment(
    `stage-breach/${draft.next('stage-breach')}`,
    `❌ The stage is unhealthy: ${inlineText(cause)}. Nothing reached production. \`/resume\` tries the stage again.`,
  );
}

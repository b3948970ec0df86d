import { inlineText } from '../gate/markdown.ts';
import { orderStageDeployment } from './deploy.ts';
import type { ReleaseDraft } from './draft.ts';
import { packAnew } from './finishing.ts';
import { restartJudge } from './measure.ts';
import { draftRelease } from './on-plan.ts';
import { startStageWhenGatesPass } from './on-preflight.ts';
import { advanceAnew } from './promote.ts';

export function holdByCommand(draft: ReleaseDraft, reason: string, by: string): void {
  draft.hold('MANUAL', reason === '' ? 'no reason given' : reason, by);
  draft.tell(`held by ${inlineText(by)}`);
}

/** Ends a hold and tries again what had failed. */
export function resume(draft: ReleaseDraft, by: string): void {
  const { hold } = draft.state;
  if (draft.state.phase === 'rolled_back') {
    resolveFailure(draft, by);
    return;
  }
  if (hold === null) return;
  draft.set({ hold: null });
  draft.tell(`resumed by ${inlineText(by)}`);
  draft.note('release.resumed', by, `hold ${hold.code} ended`, hold.code);
  switch (hold.code) {
    case 'STAGE_DEPLOYMENT_FAILED':
    case 'STAGE_BREACH':
      if (draft.state.phase === 'verifying') draft.move('staging', 'the stage is tried again');
      if (draft.state.phase === 'staging') orderStageDeployment(draft);
      break;
    case 'DRAFT_FAILED':
    case 'EVIDENCE_FAILED':
      if (draft.state.releaseId === null) draftRelease(draft);
      break;
    case 'BASELINE_UNHEALTHY':
    case 'NO_VERIFIED_VERSION':
    case 'NO_DATA':
    case 'DEADLINE_PASSED':
      restartJudge(draft);
      break;
    default:
      break;
  }
  startStageWhenGatesPass(draft);
  packAnew(draft);
  advanceAnew(draft);
}

/** The release stays rolled back; what ends is that its failure blocks the others. */
export function resolveFailure(draft: ReleaseDraft, by: string, reason = ''): void {
  const { failure } = draft.state;
  if (failure === null || failure.resolvedBy !== null) return;
  draft.set({ failure: { ...failure, resolvedBy: by } });
  draft.tell(`failure resolved by ${inlineText(by)}${reason === '' ? '' : `: ${inlineText(reason)}`}`);
  draft.note('release.resolved', by, reason === '' ? failure.reason : reason);
}

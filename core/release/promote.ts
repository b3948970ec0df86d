import { createHash } from 'node:crypto';
import { ownKey } from '../commands/desk/desk.ts';
import { requestAssessment } from '../commands/desk/issued.ts';
import { appActor } from './app-actor.ts';
import { assessmentOf } from './assess.ts';
import { recordCanary } from './canary-record.ts';
import { orderStep } from './deploy.ts';
import type { ReleaseDraft } from './draft.ts';
import { explainStep } from './explain-step.ts';
import { notRefused } from './progress.ts';
import {
  advancesAlone,
  environmentOfStep,
  isLastStep,
  isStepReady,
  nextStep,
  nextStepText,
  nextWeight,
  stepText,
  weightOfStep,
} from './steps.ts';

/** Time after which the Conductor asks again after its first refusal; it doubles with each one, ms. */
const firstPause = 60_000;
const longestPause = 300_000;

/** Goes to the next step. Whoever calls has made sure that it is allowed. */
export function promoteToNextStep(draft: ReleaseDraft, by: string): void {
  const step = nextStep(draft.state);
  if (step === null) return;
  const weight = weightOfStep(draft.plan(), step);
  recordCanary(draft);
  draft.set({ promotedAt: draft.now, advance: notRefused });
  const text = stepText(draft.plan(), step);
  draft.move('shifting', `promotion to **${text}** allowed`);
  draft.note('release.promoted', by, `promotion to ${text}`, null, { step, weight });
  orderStep(draft, step);
}

/** Says once a step that it may be promoted; the last one needs nobody. */
export function tellReadiness(draft: ReleaseDraft): void {
  const { state } = draft;
  const said = state.counters[`ready-${state.step}`] !== undefined;
  if (said || isLastStep(state) || state.hold !== null || !isStepReady(state, draft.now)) return;
  draft.next(`ready-${state.step}`);
  const reached = stepText(draft.plan(), state.step);
  draft.tell(`**${reached}** is healthy, ready for ${nextStepText(state)}`, 'PASS');
  if (advancesAlone(state)) return;
  const why = state.measuring?.reasons.map(({ message }) => message).join('; ') ?? '';
  draft.comment(
    `ready/${state.step}`,
    `✅ **${reached}** is healthy: ${why}. Ready for \`/promote ${nextWeight(state)}\`${isNewWave(draft) ? `: ${nextStepText(state)}` : ''}.\n\n${explainStep(draft)}`,
  );
}

/** The next step begins another production environment. */
function isNewWave(draft: ReleaseDraft): boolean {
  const { step } = draft.state;
  const next = nextStep(draft.state);
  const plan = draft.plan();
  return next !== null && step > 0 && environmentOfStep(plan, next) !== environmentOfStep(plan, step);
}

/**
 * With `advance: auto` the App asks the same question that a person's command asks. After a refusal it waits: what was
 * red a tick ago is red still.
 */
export function advanceWhenConfigured(draft: ReleaseDraft): void {
  const { state } = draft;
  if (!advancesAlone(state) || state.hold !== null) return;
  const isTime =
    state.phase === 'stage_verified' || (state.phase === 'soaking' && isStepReady(state, draft.now));
  const weight = nextWeight(state);
  if (!isTime || draft.now < state.advance.notBefore) return;
  if (weight === null || state.assessing[ownKey] !== undefined) return;
  const source = {
    commentId: 0,
    issue: state.trackingIssue ?? 0,
    isPullRequest: false,
    url: '',
    bodySha256: createHash('sha256').digest('hex'),
  };
  const pending = { command: { name: 'promote', weight, sha: null }, actor: appActor, source } as const;
  requestAssessment(draft, ownKey, pending, (asked, demand) =>
    assessmentOf(draft.state, draft.now, asked, demand),
  );
}

/** Asks again after a pause that doubles with every refusal at this step. */
export function retryAdvanceLater(draft: ReleaseDraft): void {
  const { refused } = draft.state.advance;
  const notBefore = draft.now + Math.min(longestPause, firstPause * 2 ** refused);
  draft.set({ advance: { refused: refused + 1, notBefore } });
  draft.timer(`advance/${draft.next('advance')}`, notBefore);
}

/** Something that may have been the reason of a refusal has changed: the pause is over. */
export function advanceAnew(draft: ReleaseDraft): void {
  draft.set({ advance: notRefused });
  if (draft.state.plan !== null) advanceWhenConfigured(draft);
}

import { onAssessmentFailed } from '../commands/desk/assessed.ts';
import { onStepUpOpened } from '../commands/desk/demand.ts';
import { collectedNotes } from '../flow/collect.ts';
import type { EffectSettled } from '../flow/event.ts';
import { effectIdOf } from '../flow/key.ts';
import { releaseDesk } from './desk.ts';
import type { ReleaseDraft } from './draft.ts';
import { attach, onEvidenceSettled } from './finishing.ts';
import { onFlagsRead, onFlagsSet } from './flags-outcome.ts';
import { onKpisFailed } from './kpi.ts';
import { onMeasured } from './measure.ts';
import { onDeploymentSettled } from './on-deployment.ts';
import { onPlanRejected, requestTrackingIssue } from './on-plan.ts';
import { onPreflightFailed } from './on-preflight.ts';
import { onRerunRefused } from './rerun.ts';
import { onSloFailed } from './watch-slo.ts';

/** Time before a tracking issue that could not be opened is tried again, ms. */
const trackingRetry = 300_000;

/** The outcome of one of our effects. Its id says which; unknown ids and repetitions change nothing. */
export function onSettled(draft: ReleaseDraft, event: EffectSettled): void {
  const id = effectIdOf(event.key);
  const [series = '', ...rest] = id.split('/');
  const n = Number(rest[0]);
  const { outcome } = event;
  switch (series) {
    case 'status':
      draft.statusWritten(n);
      onStatusSettled(draft, event);
      break;
    case 'tracking':
      onTrackingSettled(draft, n, outcome);
      break;
    case 'draft':
      onDraftSettled(draft, outcome);
      break;
    case 'incident':
      if (outcome.ok) draft.set({ incidentIssue: Number(outcome.value.number) });
      break;
    case 'deploy':
      onDeploymentSettled(draft, n, outcome);
      break;
    case 'plan':
      if (!outcome.ok && n === draft.state.counters.plan) onPlanRejected(draft, [outcome.message]);
      break;
    case 'assess':
      if (!outcome.ok) onAssessmentFailed(releaseDesk(draft), rest.join('/'), outcome.message);
      break;
    case 'step-up':
      if (outcome.ok) onStepUpOpened(releaseDesk(draft), n, String(outcome.value.url), '');
      else onStepUpOpened(releaseDesk(draft), n, null, outcome.message);
      break;
    case 'slo':
      if (!outcome.ok) onSloFailed(draft, n);
      break;
    case 'preflight':
      if (!outcome.ok) onPreflightFailed(draft, n, outcome.message);
      break;
    case 'measure':
      if (!outcome.ok) {
        const step = draft.state.measuring?.step ?? -1;
        onMeasured(draft, { step, tick: n, reading: null, problem: outcome.message });
      }
      break;
    case 'rerun':
      if (!outcome.ok) onRerunRefused(draft, Number(rest[1]), outcome.message);
      break;
    case 'collect':
      for (const { action, actor, reason, reasonCode, data } of collectedNotes(event)) {
        draft.note(action, actor, reason, reasonCode, data);
      }
      break;
    case 'pack':
      onEvidenceSettled(draft, 'packing', n, outcome);
      break;
    case 'attach':
      onEvidenceSettled(draft, 'attaching', n, outcome);
      break;
    case 'publish':
      onEvidenceSettled(draft, 'publishing', n, outcome);
      break;
    case 'flags-read':
      onFlagsRead(draft, n, outcome);
      break;
    case 'flags-set':
      onFlagsSet(draft, n, outcome);
      break;
    case 'kpi':
      if (!outcome.ok) onKpisFailed(draft, `${outcome.code}: ${outcome.message}`);
      break;
    case 'notify':
      if (!outcome.ok) draft.note('notify.failed', 'conductor', outcome.message.slice(0, 500), outcome.code);
      break;
    default:
      break;
  }
}

/** Somebody deleted the issue, or moved it to where the App cannot see it: without one nobody sees or commands anything. */
function onStatusSettled(draft: ReleaseDraft, { outcome }: EffectSettled): void {
  if (outcome.ok || outcome.code !== 'GITHUB_NOT_FOUND' || draft.state.trackingIssue === null) return;
  const gone = draft.state.trackingIssue;
  draft.set({ trackingIssue: null, lostIssue: gone });
  draft.note('tracking.lost', 'github', `issue #${gone} cannot be found any more`, 'ISSUE_GONE', {
    issue: gone,
  });
  requestTrackingIssue(draft);
}

/** The issue has a number: what was to be said in it is said now, in order. */
function onTrackingSettled(draft: ReleaseDraft, n: number, outcome: EffectSettled['outcome']): void {
  if (draft.state.trackingIssue !== null) return;
  if (!outcome.ok) {
    draft.note('tracking.failed', 'conductor', outcome.message.slice(0, 500), outcome.code);
    if (n === draft.state.counters.tracking) draft.timer(`tracking/${n}`, draft.now + trackingRetry);
    return;
  }
  const { outbox, lostIssue, ...rest } = draft.state;
  const number = Number(outcome.value.number);
  draft.state = { ...rest, trackingIssue: number, outbox: [] };
  if (lostIssue !== undefined && lostIssue !== number) {
    draft.tell(`issue #${lostIssue} is gone, this is its successor`);
  }
  for (const { id, body } of outbox) draft.comment(id, body);
}

export function onTrackingTimer(draft: ReleaseDraft, n: number): void {
  if (draft.state.trackingIssue === null && n === draft.state.counters.tracking) requestTrackingIssue(draft);
}

function onDraftSettled(draft: ReleaseDraft, outcome: EffectSettled['outcome']): void {
  if (draft.state.releaseId !== null) return;
  if (outcome.ok) {
    draft.set({ releaseId: Number(outcome.value.releaseId) });
    attach(draft);
    return;
  }
  const reason = `the draft release could not be made: ${outcome.message}`.slice(0, 500);
  draft.hold('DRAFT_FAILED', reason, 'conductor');
  draft.comment(`draft-failed/${draft.next('draft-failed')}`, `⏸️ Held: ${reason}. \`/resume\` tries again.`);
}

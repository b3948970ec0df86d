import { onAssessed, onAssessmentFailed } from '../commands/desk/assessed.ts';
import {
  expireDemand,
  onCommentChanged,
  onStepUpConfirmed,
  onStepUpOpened,
  voidDemands,
} from '../commands/desk/demand.ts';
import { onIssued, onMalformed } from '../commands/desk/issued.ts';
import type { Decision } from '../flow/effect.ts';
import type { ChangeEvent, EffectSettled, GateReport } from '../flow/event.ts';
import { effectIdOf } from '../flow/key.ts';
import { checkNameOf, gateNames } from '../gate/names.ts';
import { recordOf, supersedes } from '../gate/record.ts';
import type { Outlook } from '../preview/outlook.ts';
import { isOutdated } from './as-of.ts';
import { cancelledCheck, completedCheck, queuedCheck } from './check-content.ts';
import { changeDesk } from './desk.ts';
import { type ChangeContext, ChangeDraft } from './draft.ts';
import { onCollected, onRunCompleted } from './on-run.ts';
import { besides, type Slot } from './previewed.ts';
import { onRerequested, onRerunRefused } from './rerequest.ts';
import { type ChangeState, unknownChange } from './state.ts';

export type { ChangeContext } from './draft.ts';

type ChangeInput = ChangeEvent | EffectSettled;

/**
 * What happens to a pull request or a merge group. Pure and total: any event in any state, repeated or out of
 * order, gives a decision; identical writes are left out.
 */
export function decideChange(
  state: ChangeState | null,
  event: ChangeInput,
  context: ChangeContext,
): Decision<ChangeState> {
  const draft = new ChangeDraft(state ?? unknownChange, context);
  switch (event.type) {
    case 'change.updated':
      if (!isOutdated(event.asOf, draft.state.asOf)) onUpdated(draft, event);
      break;
    case 'change.closed':
      if (!isOutdated(event.asOf, draft.state.asOf)) onClosed(draft, event);
      break;
    case 'plan.shown':
      onPlanShown(draft, event);
      break;
    case 'preview.expected':
      onExpected(draft, event.outlook);
      break;
    case 'gate.reported':
      onReported(draft, event.report);
      break;
    case 'checks.rerequested':
      onRerequested(draft, event);
      break;
    case 'run.completed':
      onRunCompleted(draft, event);
      break;
    case 'command.issued':
      onIssued(changeDesk(draft), event);
      break;
    case 'command.malformed':
      onMalformed(changeDesk(draft), event);
      break;
    case 'command.assessed':
      onAssessed(changeDesk(draft), event, event.assessment, event.round);
      break;
    case 'comment.changed':
      onCommentChanged(changeDesk(draft), event.commentId, event.bodySha256);
      break;
    case 'step-up.confirmed':
      onStepUpConfirmed(changeDesk(draft), event.demand, event.stepUp);
      break;
    case 'timer.fired':
      onTimer(draft, event.timer);
      break;
    case 'effect.settled':
      onSettled(draft, event);
      break;
    default:
      return unreachable(event);
  }
  return draft.decision();
}

/** A new head makes every earlier result worthless; the same head again only renews what may have changed. */
function onUpdated(draft: ChangeDraft, event: Extract<ChangeEvent, { type: 'change.updated' }>): void {
  const { type: _type, headSha, proposesConfig = false, walksPreviews, ...facts } = event;
  const isNew = headSha !== draft.state.sha;
  draft.set({ ...facts, sha: headSha, open: true });
  if (walksPreviews !== undefined) draft.set({ walksPreviews });
  if (isNew) {
    const rules = proposesConfig ? ({ kind: 'awaited' } as const) : null;
    draft.set({ gates: {}, previewed: {}, rules, policyCheck: null, sloCheck: null });
    for (const gate of gateNames) draft.check(gate, queuedCheck(headSha, gate));
    voidDemands(changeDesk(draft), 'HEAD_MOVED', `the head is now ${headSha.slice(0, 12)}`);
    draft.note('change.head', event.author, `new head ${headSha}`, { sha: headSha, base: event.baseSha });
  }
  renewSlo(draft);
  draft.comment();
}

/** The check has to carry the plan of the head that it is about. */
function onPlanShown(draft: ChangeDraft, event: Extract<ChangeEvent, { type: 'plan.shown' }>): void {
  const { headSha, text, acceptable } = event;
  if (headSha !== draft.state.sha) return;
  draft.set({ rules: { kind: 'shown', text, acceptable } });
  if (draft.state.policyCheck !== null) draft.check('policy', draft.state.policyCheck);
}

/** Its preview says what to expect: what the runs said may count now, or not yet. */
function onExpected(draft: ChangeDraft, outlook: Outlook): void {
  draft.set({ outlook });
  if (!draft.state.open) return;
  renewSlo(draft);
  draft.comment();
}

function renewSlo(draft: ChangeDraft): void {
  if (draft.state.sloCheck) draft.check('slo', draft.state.sloCheck);
}

function onClosed(
  draft: ChangeDraft,
  { merged, asOf = draft.state.asOf }: Extract<ChangeEvent, { type: 'change.closed' }>,
): void {
  const { open } = draft.state;
  draft.set({ open: false, ...(asOf && { asOf }) });
  if (!open) return;
  if (draft.state.pullRequest === null && !merged) endOpenChecks(draft);
  draft.note('change.closed', 'github', merged ? 'merged' : 'closed without a merge', { merged });
}

/** A merge group that is gone comes never back: nothing of it goes on waiting. */
function endOpenChecks(draft: ChangeDraft): void {
  const { sha, gates } = draft.state;
  for (const gate of gateNames) {
    if (gates[gate] === undefined) draft.check(gate, cancelledCheck(sha, gate));
  }
}

function onReported(draft: ChangeDraft, report: GateReport): void {
  const { state } = draft;
  const record = recordOf(report);
  if (!state.open || record.sha !== state.sha) return;
  const slot: Slot = report.origin.event === 'deployment' ? 'previewed' : 'gates';
  if (!supersedes(record, state[slot]?.[report.gate])) return;
  draft.set({ [slot]: { ...state[slot], [report.gate]: record } });
  const other = (slot === 'gates' ? state.previewed : state.gates)?.[report.gate];
  const isAwaited = other?.superseded === true;
  draft.check(
    report.gate,
    isAwaited ? queuedCheck(state.sha, report.gate) : besides(completedCheck(report), other, slot),
  );
  draft.comment();
  draft.note('gate.verdict', 'gate', `${checkNameOf[report.gate]}: ${record.verdict}`, {
    gate: report.gate,
    verdict: record.verdict,
    sha: record.sha,
    result_sha256: record.resultSha256,
    run_id: record.runId,
    run_attempt: record.runAttempt,
  });
}

function onTimer(draft: ChangeDraft, timer: string): void {
  const [series, n] = timer.split('/');
  if (series === 'demand') expireDemand(changeDesk(draft), Number(n));
}

function onSettled(draft: ChangeDraft, event: EffectSettled): void {
  const id = effectIdOf(event.key);
  const [kind, name, n] = id.split('/');
  const { outcome } = event;
  if (kind === 'assess' && !outcome.ok) {
    onAssessmentFailed(changeDesk(draft), id.slice('assess/'.length), outcome.message);
  }
  if (kind === 'step-up') {
    const url = outcome.ok ? String(outcome.value.url) : null;
    onStepUpOpened(changeDesk(draft), Number(name), url, outcome.ok ? '' : outcome.message);
  }
  if (kind === 'comment') draft.commentWritten(Number(name));
  const gate = gateNames.find((candidate) => checkNameOf[candidate] === name);
  if (kind === 'check' && gate !== undefined) draft.checkWritten(gate, Number(n));
  if (kind === 'rerun' && !outcome.ok) onRerunRefused(draft, Number(n), outcome.message);
  if (kind === 'collect') onCollected(draft, event);
}

function unreachable(event: never): never {
  throw new TypeError(`unknown event ${JSON.stringify(event)}`);
}

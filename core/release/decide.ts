import type { Decision } from '../flow/effect.ts';
import type { EffectSettled, ReleaseEvent } from '../flow/event.ts';
import { type ReleaseContext, ReleaseDraft } from './draft.ts';
import { resolveFailure } from './hold.ts';
import { onKpisMeasured } from './kpi.ts';
import { onMeasured } from './measure.ts';
import { onCommandEvent } from './on-command.ts';
import { onDeploymentReported } from './on-deployment.ts';
import { onGateReported } from './on-gate.ts';
import { onPlanLoaded, onPlanRejected } from './on-plan.ts';
import { onPreflightRead } from './on-preflight.ts';
import { onRunCompleted } from './on-run.ts';
import { onSettled } from './on-settled.ts';
import { onTagMoved, onTagPushed } from './on-tag.ts';
import { onTimer } from './on-timer.ts';
import { onTrafficRead } from './on-traffic.ts';
import { type ReleaseState, unknownRelease } from './state.ts';
import { onSuperseded } from './supersede.ts';
import { onSloRead } from './watch-slo.ts';

export type { ReleaseContext } from './draft.ts';

/**
 * What happens to a release. Pure and total: every event in every state, repeated, late or out of order, gives
 * a decision. State, audit and effects of one decision are committed together.
 */
export function decideRelease(
  state: ReleaseState | null,
  event: ReleaseEvent | EffectSettled,
  context: ReleaseContext,
): Decision<ReleaseState> {
  const draft = new ReleaseDraft(state ?? unknownRelease, context);
  handle(draft, event);
  return draft.decision();
}

const handlers: {
  readonly [Type in (ReleaseEvent | EffectSettled)['type']]: (
    draft: ReleaseDraft,
    event: Extract<ReleaseEvent | EffectSettled, { type: Type }>,
  ) => void;
} = {
  'tag.pushed': onTagPushed,
  'tag.moved': onTagMoved,
  'release.superseded': onSuperseded,
  'plan.loaded': (draft, event) => onPlanLoaded(draft, event.facts, event.reports ?? []),
  'plan.rejected': (draft, event) => onPlanRejected(draft, event.problems),
  'gate.reported': (draft, event) => onGateReported(draft, event.report),
  'failure.resolved': (draft, event) => resolveFailure(draft, event.by, event.reason),
  'command.issued': onCommandEvent,
  'command.malformed': onCommandEvent,
  'command.assessed': onCommandEvent,
  'comment.changed': onCommandEvent,
  'step-up.confirmed': onCommandEvent,
  'deployment.reported': onDeploymentReported,
  'canary.measured': onMeasured,
  'kpis.measured': onKpisMeasured,
  'traffic.read': onTrafficRead,
  'slo.read': (draft, event) => onSloRead(draft, event.n, event.burning),
  'preflight.read': (draft, event) => onPreflightRead(draft, event.n, event.facts),
  'timer.fired': (draft, event) => onTimer(draft, event.timer),
  'run.completed': onRunCompleted,
  'effect.settled': onSettled,
};

/** The table is complete by its type; the cast only says that key and event belong together. */
function handle(draft: ReleaseDraft, event: ReleaseEvent | EffectSettled): void {
  const handler = handlers[event.type] as (draft: ReleaseDraft, event: ReleaseEvent | EffectSettled) => void;
  handler(draft, event);
}

import { codeSpan, inlineText } from '../gate/markdown.ts';
import { announce } from './announce.ts';
import { recordCanary } from './canary-record.ts';
import { orderRollback } from './deploy.ts';
import type { ReleaseDraft } from './draft.ts';
import { escalate, escalateWhenGrave, openIncident, watchRestoring } from './escalate.ts';
import { restoreFlags } from './flags.ts';
import type { HoldCode } from './hindrance.ts';
import { notify } from './notify.ts';
import { hasTraffic } from './phase.ts';
import { placeOfStep, shareOfStep, touchedEnvironments } from './steps.ts';

export interface RollbackOrder {
  readonly code: HoldCode;
  readonly cause: string;
  readonly trigger: 'auto' | 'manual';
  readonly by: string;
}

/**
 * Goes back to the last verified version: exactly once, however many causes arrive together. Without such a
 * version nothing is moved (taking all traffic away serves nobody): the release is held and people are called.
 * Answers whether anything was done.
 */
export function startRollback(draft: ReleaseDraft, order: RollbackOrder): boolean {
  const { phase, tag } = draft.state;
  const retry = phase === 'rollback_failed';
  const afterGa = phase === 'observing';
  if (!hasTraffic(phase) && !retry && !afterGa) return false;
  recordCanary(draft);
  const { previous } = draft.plan();
  if (previous === null) {
    stayWithoutVersion(draft, order);
    return true;
  }
  const step = Math.max(draft.state.step, draft.state.deployment?.step ?? 0);
  const weight = Math.ceil(shareOfStep(draft.plan(), step));
  draft.set({ measuring: null, finishing: null });
  draft.hold(order.code, order.cause, order.by);
  // Giving way is no failure: the newer release must not be blocked by it.
  if (order.code !== 'SUPERSEDED') {
    draft.set({ failure: { reason: order.cause, at: draft.now, resolvedBy: null } });
  }
  draft.note('release.rollback', order.by, order.cause, order.code, {
    to: previous.tag,
    trigger: order.trigger,
  });
  draft.move('rolling_back', `rollback to \`${inlineText(previous.tag)}\`: ${inlineText(order.cause)}`);
  restore(draft, previous, retry ? stillToRestore(draft) : touchedEnvironments(draft.state));
  restoreFlags(draft, order.cause);
  if (afterGa) draft.set({ occupies: true });
  if (!retry) watchRestoring(draft);
  if (order.trigger === 'auto') {
    announce(draft, 'auto-rollback', 'auto-rollback', { weight, cause: order.cause });
    openIncident(draft, `Release ${tag} rolled back at ${placeOfStep(draft.plan(), step)}`, order.cause);
    escalateWhenGrave(draft, order.code, order.cause, weight);
  } else if (order.code !== 'SUPERSEDED') notify(draft, 'rollback', order.cause);
  return true;
}

/** The environments that an attempt to go back left behind. */
function stillToRestore({ state }: ReleaseDraft): readonly string[] {
  const { failed = [], left = [] } = state.restoring ?? {};
  return [...failed, ...left];
}

function restore(
  draft: ReleaseDraft,
  previous: { readonly tag: string; readonly commit: string },
  environments: readonly string[],
): void {
  const [first = draft.plan().config.production_environment, ...left] = environments;
  draft.set({ restoring: { left, failed: [] } });
  orderRollback(draft, previous, first);
}

/**
 * One environment has been given back, or could not be: the next one has its turn all the same. Answers whether there
 * was one; when there was not, `state.restoring` says which could not be given back.
 */
export function restoreNext(draft: ReleaseDraft, environment: string, isBack: boolean): boolean {
  const { left, failed } = draft.state.restoring ?? { left: [], failed: [] };
  const [next, ...rest] = left;
  draft.set({ restoring: { left: rest, failed: isBack ? failed : [...failed, environment] } });
  const { previous } = draft.plan();
  if (next === undefined || previous === null) return false;
  draft.tell(
    `${codeSpan(environment)} ${isBack ? 'is back' : 'could not be given back'}, ${codeSpan(next)} follows`,
  );
  orderRollback(draft, previous, next);
  return true;
}

function stayWithoutVersion(draft: ReleaseDraft, order: RollbackOrder): void {
  const reason = `${order.cause}; there is no verified version to go back to`;
  if (draft.state.phase === 'shifting') {
    const back = draft.state.step > 0 ? 'soaking' : 'stage_verified';
    draft.move(back, 'the step failed and there is no verified version to go back to');
  }
  draft.set({ finishing: null });
  if (draft.state.hold?.code === 'NO_VERIFIED_VERSION') return;
  draft.hold('NO_VERIFIED_VERSION', reason, order.by);
  escalate(draft, 'No verified version to go back to', reason, {
    severity: 'CRITICAL',
    helpNeeded: 'fix forward, or restore an earlier version by hand',
  });
}

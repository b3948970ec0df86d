import { overspent } from './budget.ts';
import { dayAt } from './day.ts';
import type { PreviewDraft } from './draft.ts';
import { ledgerRow } from './ledger.ts';
import { makeRoom } from './make-room.ts';
import { meterAt } from './meter.ts';
import { giveUpSilent } from './order-ended.ts';
import { refusalCode, refusalText } from './refusal.ts';
import { priceOf } from './size.ts';
import { environmentOf, type PreviewAction, type PreviewState, type Refusal } from './state.ts';
import { sweepEvery } from './sweep.ts';
import { isForRoom, type Wanted, wantedAt } from './wanted.ts';

const minute = 60_000;
/** Waits between orders of the same action that failed. The last one repeats: a teardown is never given up. */
const waits = [0, minute, 5 * minute, 15 * minute, 30 * minute] as const;
const rememberedRefusals = 20;

/**
 * Brings what exists towards what is wanted, one order at a time. Level-triggered: whatever was lost, the next look
 * finds the same difference.
 */
export function steer(draft: PreviewDraft): void {
  followClock(draft);
  giveUpSilent(draft);
  noteSpent(draft);
  const wanted = wantedAt(draft.state, draft.repository, draft.now, draft.others);
  const refusal = wanted.kind === 'nothing' ? wanted.refusal : null;
  standInLine(draft, wanted);
  noteRefusal(draft, refusal);
  makeRoom(draft, refusal);
  if (draft.state.order?.status === 'requested') return;
  const action = nextAction(draft.state, wanted);
  if (action === null) {
    draft.set({ failures: 0 });
    return;
  }
  // What begins to cost is decided on facts of this moment, with every other preview in view.
  if (action === 'create' && !draft.state.mayExist && !draft.isFresh) {
    draft.read(draft.state.pullRequest);
    return;
  }
  const { order } = draft.state;
  const isRetry = order?.action === action && order.status === 'failure';
  if (!isRetry) draft.set({ failures: 0 });
  const wait = waits[Math.min(draft.state.failures, waits.length - 1)] ?? 0;
  if (isRetry && draft.now < order.since + wait) return;
  give(draft, action, wanted);
}

function nextAction(state: PreviewState, wanted: Wanted): PreviewAction | null {
  const { running, mayExist } = state;
  if (wanted.kind === 'nothing') return mayExist ? 'destroy' : null;
  if (running === null || running.sha !== wanted.sha || running.size !== wanted.size) {
    // What sleeps is brought to a new commit when it wakes.
    return running?.asleep === true && wanted.asleep ? null : 'create';
  }
  if (running.asleep === wanted.asleep) return null;
  return wanted.asleep ? 'sleep' : 'wake';
}

function give(draft: PreviewDraft, action: PreviewAction, wanted: Wanted): void {
  const { state, now } = draft;
  const n = draft.next('order');
  const sha =
    wanted.kind === 'preview' ? wanted.sha : (state.running?.sha ?? state.order?.sha ?? state.headSha);
  const size = wanted.kind === 'preview' ? wanted.size : (state.running?.size ?? state.order?.size ?? '');
  draft.set({
    order: { n, action, sha, size, githubId: null, status: 'requested', since: now },
    mayExist: true,
    since: state.mayExist ? state.since : now,
    // Money counts from the order on: what may exist may cost.
    ...(action === 'create' || action === 'wake'
      ? { meter: meterAt(state.meter, now, priceOf(state, size, false)), notice: null }
      : {}),
  });
  draft.note(`preview.${action}`, 'release-conductor', `#${state.pullRequest} at ${sha.slice(0, 12)}`, {
    sha,
    size,
  });
  draft.emit(`order/${n}`, {
    kind: 'orderPreview',
    environment: environmentOf(state.pullRequest),
    sha: trusted(state, action, sha),
    description: `${action} the preview of #${state.pullRequest}`,
    payload: {
      schema_version: 1,
      pull_request: state.pullRequest,
      action,
      sha,
      base_sha: state.baseSha,
      size,
      fork: state.fork,
    },
  });
}

/**
 * The commit whose workflow carries the order out, because `on: deployment` runs the files of the deployed commit. Only
 * a change of our own people brings its pipeline along, and only to be built: a fork would bring one that reads
 * secrets, and a teardown must not depend on a file that the change has broken.
 */
function trusted({ fork, baseSha }: PreviewState, action: PreviewAction, sha: string): string {
  return action === 'create' && !fork ? sha : baseSha;
}

/** Whoever lacks room keeps its place until it is known that it lacks none. */
function standInLine(draft: PreviewDraft, wanted: Wanted): void {
  const { waits = null, mayExist } = draft.state;
  if (wanted.kind === 'nothing' && isForRoom(wanted.refusal)) {
    draft.set({ waits: waits ?? { since: draft.now, calledAt: null } });
    return;
  }
  const isOpen = wanted.kind === 'preview' && !mayExist && !draft.isFresh;
  if (!isOpen) draft.set({ waits: null });
}

/** A refusal is told once, as long as its reason stays the same. */
function noteRefusal(draft: PreviewDraft, refusal: Refusal | null): void {
  const { refusal: before, refusals = [], pullRequest } = draft.state;
  draft.set({ refusal });
  if (refusal === null || refusal.kind === before?.kind || refusal.kind === 'failed') return;
  draft.set({ refusals: [...refusals, { at: draft.now, kind: refusal.kind }].slice(-rememberedRefusals) });
  draft.note(
    'preview.refused',
    'release-conductor',
    `#${pullRequest}: ${refusalText(refusal)}`,
    {},
    refusalCode(refusal),
  );
}

/** Marked for the day, so that what sleeps for want of money does not wake and sleep again and again. */
function noteSpent(draft: PreviewDraft): void {
  const { state, now, repository } = draft;
  const { config, running, others } = state;
  if (config === null || running === null || running.asleep) return;
  const zone = config.budget.time_zone;
  const own = ledgerRow(state, repository, now, zone);
  if (overspent(config, own, [...others, own], sweepEvery) === null) return;
  draft.set({ spentOn: dayAt(now, zone).date });
}

/** A clock that was put back makes nobody wait until it has caught up: what lies ahead of it is taken for now. */
function followClock(draft: PreviewDraft): void {
  const { order, running, lastVisit } = draft.state;
  const { now } = draft;
  if (order !== null && order.since > now) draft.set({ order: { ...order, since: now } });
  if (running?.since !== undefined && running.since > now) draft.set({ running: { ...running, since: now } });
  if (lastVisit > now) draft.set({ lastVisit: now });
}

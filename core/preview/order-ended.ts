import type { PreviewDraft } from './draft.ts';
import { meterAt } from './meter.ts';
import { priceOf } from './size.ts';
import { environmentOf, type Order, type Running } from './state.ts';

/** An order that nobody reported on is taken for failed after this. */
const patience = 30 * 60_000;
/** Teardowns that failed before people are told that something is left. */
const orphanAfter = 5;
/** A preview that could not be made so often is not tried again at that commit. */
const mostCreations = 3;

/** The pipeline says how the order ended. */
export function orderEnded(draft: PreviewDraft, succeeded: boolean, url: string | null): void {
  const { order } = draft.state;
  if (order === null || order.status !== 'requested') return;
  draft.set({ order: { ...order, status: succeeded ? 'success' : 'failure' } });
  if (!succeeded) {
    failed(draft);
    return;
  }
  draft.set({ failures: 0 });
  const { meter } = draft.state;
  switch (order.action) {
    case 'create':
    case 'wake':
      draft.set({
        running: { ...madeAt(draft, order), sha: order.sha, size: order.size, asleep: false },
        url: url ?? draft.state.url,
        lastVisit: draft.now,
      });
      break;
    case 'sleep':
      draft.set({
        running: { ...draft.state.running, sha: order.sha, size: order.size, asleep: true },
        meter: meterAt(meter, draft.now, priceOf(draft.state, order.size, true)),
      });
      callWaiting(draft);
      break;
    case 'destroy':
      draft.set({
        running: null,
        url: null,
        mayExist: false,
        meter: meterAt(meter, draft.now, 0),
        orphanTold: false,
      });
      draft.emit(`environment/${draft.next('environment')}`, {
        kind: 'removeEnvironment',
        environment: environmentOf(draft.state.pullRequest),
      });
      callWaiting(draft);
  }
}

/** What it leaves is somebody's at once; the sweep would find it, too. */
function callWaiting(draft: PreviewDraft): void {
  draft.emit(`call/${draft.next('call')}`, { kind: 'callWaiting' });
}

/** Being woken at the same commit and size makes nothing new. */
function madeAt({ state, now }: PreviewDraft, { action }: Order): Pick<Running, 'since'> {
  return action === 'create' ? { since: now } : { ...state.running };
}

function failed(draft: PreviewDraft): void {
  const failures = draft.state.failures + 1;
  draft.set({ failures });
  const { order, orphanTold, pullRequest } = draft.state;
  if (order?.action === 'create' && failures >= mostCreations) {
    draft.set({ refusal: { kind: 'failed', sha: order.sha } });
    draft.note(
      'preview.failed',
      'release-conductor',
      `#${pullRequest} could not be made`,
      { sha: order.sha },
      'CREATE_FAILED',
    );
  }
  if (order?.action === 'destroy' && failures >= orphanAfter && !orphanTold) {
    draft.set({ orphanTold: true });
    draft.note('preview.orphan', 'release-conductor', `#${pullRequest} cannot be torn down`, {}, 'ORPHAN');
    draft.emit(`orphan/${draft.next('orphan')}`, {
      kind: 'openIssue',
      title: `The preview of #${pullRequest} cannot be torn down`,
      labels: ['release-conductor'],
      body: `The pipeline failed ${failures} times to destroy the environment \`${environmentOf(pullRequest)}\`. It is tried again every half hour; until then it may cost money. Look at the runs of its deployments, or remove it by hand and close this issue.`,
    });
  }
}

/** What nobody reports on for long is taken for failed. */
export function giveUpSilent(draft: PreviewDraft): void {
  const { order } = draft.state;
  if (order?.status === 'requested' && draft.now - order.since >= patience) orderEnded(draft, false, null);
}

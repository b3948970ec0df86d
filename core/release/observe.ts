import type { ReleaseDraft } from './draft.ts';
import { requestKpis } from './kpi.ts';
import { observedUntil } from './observation.ts';

/** GA has been reached: the release is looked after for `observe_after_ga`, and the way is free for the next one. */
export function observe(draft: ReleaseDraft): void {
  draft.timer('observed', observedUntil(draft.state));
}

/**
 * The observation is over, late when nobody was there to hear the timer. A release that went back meanwhile is not
 * closed by it.
 */
export function onObserved(draft: ReleaseDraft): void {
  if (draft.state.phase !== 'observing') return;
  requestKpis(draft, draft.state.phaseSince);
  draft.move('closed', 'observed, closed');
  draft.note('release.observed', 'conductor', 'the observation after GA is over');
}

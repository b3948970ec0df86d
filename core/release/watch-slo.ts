import type { ReleaseDraft } from './draft.ts';
import { isInProduction, stop } from './stop.ts';

/** After GA the objectives are read this often at most, ms. */
const slowest = 300_000;

/** Begins to watch the objectives of production, once in a release. */
export function watchSlo(draft: ReleaseDraft): void {
  const { slo_watch: interval } = draft.plan().config.stop_conditions;
  if (interval > 0 && draft.state.counters.slo === undefined) readLater(draft);
}

/**
 * What was read: the number of objectives that burn, null when that cannot be told (the judge and the clauses of the
 * next promotion answer for that), undefined when there are none to watch. A burn that was there before the version
 * had traffic is not its doing, and neither is one that the running version shows as well.
 */
export function onSloRead(draft: ReleaseDraft, n: number, burning: number | null | undefined): void {
  const { counters, phase, preflight, measuring } = draft.state;
  if (n !== counters.slo || !isInProduction(phase) || burning === undefined) return;
  const isOurs = (burning ?? 0) > (preflight?.burning ?? 0) && measuring?.verdict !== 'wait';
  if (isOurs) {
    stop(draft, 'SLO_BURN', `${burning} objectives of production burn their error budget`);
    if (!isInProduction(draft.state.phase)) return;
  }
  readLater(draft);
}

/** It could not be read; it is tried again. */
export function onSloFailed(draft: ReleaseDraft, n: number): void {
  onSloRead(draft, n, null);
}

function readLater(draft: ReleaseDraft): void {
  const { slo_watch: interval } = draft.plan().config.stop_conditions;
  const pause = draft.state.phase === 'observing' ? Math.max(interval, slowest) : interval;
  const n = draft.next('slo');
  draft.emit(`slo/${n}`, { kind: 'readSlo', n, sha: draft.state.sha }, draft.now + pause);
}

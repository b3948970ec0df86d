import { ledgerRow } from './ledger.ts';
import { relevantRows } from './queue.ts';
import type { LedgerRow } from './row.ts';
import type { PreviewState } from './state.ts';
import { isForRoom, wantedAt } from './wanted.ts';

export interface PreviewOf {
  readonly repository: string;
  readonly state: PreviewState;
}

/** Of one repository; what a look at them finds changes the line, and the next look takes the next. */
const mostCalled = 20;

/**
 * Those in line for whom there is room now, as far as is known without asking anybody, and those whose price nobody told:
 * they are worth a look. Who waits in vain costs no call.
 *
 * @param previews all of one organisation.
 */
export function nextInLine(previews: readonly PreviewOf[], now: number): readonly PreviewOf[] {
  const waiting = previews
    .filter(({ state }) => standsInLine(state))
    .toSorted((a, b) => sinceOf(a.state) - sinceOf(b.state));
  if (waiting.length === 0) return [];
  const rows = previews.map(({ repository, state }) => rowOf(repository, state, now));
  const looked = new Map<string, number>();
  return waiting.filter(({ repository, state }) => {
    const before = looked.get(repository) ?? 0;
    looked.set(repository, before + 1);
    if (before >= mostCalled) return false;
    const others = othersOf(rows, repository, state.pullRequest);
    return wantedAt({ ...state, billUnknown: false }, repository, now, others).kind === 'preview';
  });
}

/** It lacks room; what was refused before there was a line stands at its end. */
export function standsInLine({ open, mayExist, waits, refusal }: PreviewState): boolean {
  return open && !mayExist && (waits != null || isForRoom(refusal));
}

function sinceOf({ waits }: PreviewState): number {
  return waits?.since ?? Number.MAX_SAFE_INTEGER;
}

/** What the others cost and who waits, for a decision about one of them. Each counts by the day of its own repository. */
export function othersOf(
  rows: readonly LedgerRow[],
  repository: string,
  pullRequest: number,
): readonly LedgerRow[] {
  const others = rows.filter((row) => row.repository !== repository || row.pullRequest !== pullRequest);
  return relevantRows(others, repository);
}

export function rowOf(repository: string, state: PreviewState, now: number): LedgerRow {
  return ledgerRow(state, repository, now, state.config?.budget.time_zone ?? 'UTC');
}

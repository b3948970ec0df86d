import { ledgerRow } from './ledger.ts';
import { relevantRows } from './queue.ts';
import type { LedgerRow } from './row.ts';
import type { PreviewState } from './state.ts';
import { sweepEvery } from './sweep.ts';
import { isForRoom, wantedAt } from './wanted.ts';

export interface PreviewOf {
  readonly repository: string;
  readonly state: PreviewState;
}

/** Of the line of one repository the first are always considered, and so many of the others in turns. */
const inFront = 20;
const inTurn = 40;

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
  return considered(waiting, now).filter(({ repository, state }) => {
    const others = othersOf(rows, repository, state.pullRequest);
    return wantedAt({ ...state, billUnknown: false }, repository, now, others).kind === 'preview';
  });
}

/** In the order of the line. Who stands far behind has its turn, too: those before it may wait for more than it needs. */
function considered(waiting: readonly PreviewOf[], now: number): readonly PreviewOf[] {
  const lengths = new Map<string, number>();
  for (const { repository } of waiting) lengths.set(repository, (lengths.get(repository) ?? 0) + 1);
  const seen = new Map<string, number>();
  const turn = Math.floor(now / sweepEvery);
  return waiting.filter(({ repository }) => {
    const place = seen.get(repository) ?? 0;
    seen.set(repository, place + 1);
    const rounds = Math.ceil(((lengths.get(repository) ?? 0) - inFront) / inTurn);
    return place < inFront || Math.floor((place - inFront) / inTurn) === turn % rounds;
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

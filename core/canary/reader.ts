import type { CanaryReading } from '../ports/metrics.ts';
import type { ArmDelta, CountersById } from './counters.ts';
import { takeDeltas } from './deltas.ts';
import type { ComparedSetting } from './settings.ts';

/** One tick: a reading, or why there is none. */
export interface Observation {
  /** When the tick happened, ms since the epoch. */
  readonly at: number;
  readonly reading: CanaryReading | null;
  readonly problem: string | null;
}

/** What can be wrong with a tick's reading itself. */
export type ReadingNote = 'READING_FAILED' | 'STALE_READING';

/**
 * One tick as the judge counts it: resets, new processes and doubled scrapes are already taken care of. Ticks
 * are kept as evidence; every verdict can be computed from them again.
 */
export interface Tick {
  /** When the tick happened, ms since the epoch. */
  readonly at: number;
  readonly counts: TickCounts | ReadingNote;
}

export interface TickCounts {
  /** When they were read before, ms since the epoch; the counts are of the time between. Null: never. */
  readonly from: number | null;
  /** When the counters were read, ms since the epoch. */
  readonly readAt: number;
  readonly canary: ArmDelta;
  readonly baseline: ArmDelta;
}

/** What is remembered from one reading to the next. */
export interface ReaderState {
  /** Time of the newest reading that was taken in. */
  readonly lastAt: number | null;
  readonly counters: { readonly canary: CountersById; readonly baseline: CountersById };
}

export const freshReader: ReaderState = { lastAt: null, counters: { canary: {}, baseline: {} } };

/** Turns cumulative counters into the counts of one tick. `edges`: how many slow edges are read. */
export function countTick(
  reader: ReaderState,
  { at, reading }: Observation,
  edges: number,
  compared: readonly ComparedSetting[] = [],
): { readonly reader: ReaderState; readonly tick: Tick } {
  if (reading === null) return { reader, tick: { at, counts: 'READING_FAILED' } };
  if (reader.lastAt !== null && reading.at <= reader.lastAt) {
    return { reader, tick: { at, counts: 'STALE_READING' } };
  }
  const canary = takeDeltas(reader.counters.canary, reading.canary, edges, compared);
  const baseline = takeDeltas(reader.counters.baseline, reading.baseline, edges, compared);
  return {
    reader: { lastAt: reading.at, counters: { canary: canary.counters, baseline: baseline.counters } },
    tick: {
      at,
      counts: { from: reader.lastAt, readAt: reading.at, canary: canary.delta, baseline: baseline.delta },
    },
  };
}

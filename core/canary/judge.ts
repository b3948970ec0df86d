import type { CanaryReading } from '../ports/metrics.ts';
import { takeDeltas } from './deltas.ts';
import { addEvidence } from './evidence.ts';
import type { JudgeSettings } from './settings.ts';
import type { JudgeState } from './state.ts';
import { conclude, type Judgement, type TickNote } from './verdict.ts';

/** One tick: a reading, or why there is none. */
export interface Observation {
  /** When the tick happened, ms since the epoch. */
  readonly at: number;
  readonly reading: CanaryReading | null;
  readonly problem: string | null;
}

/**
 * Judges one more tick. Pure: the same state, observation and settings give the same bytes, so every judgement
 * can be replayed from the evidence. The judge never acts; the release machine does.
 *
 * The share of the canary's requests is taken from the tick's own request counts, which do not depend on how
 * the requests ended.
 */
export function judge(
  state: JudgeState,
  observation: Observation,
  settings: JudgeSettings,
): { readonly state: JudgeState } & Judgement {
  const { reading } = observation;
  if (reading === null) return settle(state, observation.at, settings, 'READING_FAILED');
  if (state.lastAt !== null && reading.at <= state.lastAt) {
    return settle(state, observation.at, settings, 'STALE_READING');
  }
  const canary = takeDeltas(state.counters.canary, reading.canary);
  const baseline = takeDeltas(state.counters.baseline, reading.baseline);
  const seen: JudgeState = {
    ...state,
    lastAt: reading.at,
    lastDataAt: canary.delta.requests > 0 ? reading.at : state.lastDataAt,
    lastBaselineAt: baseline.delta.requests > 0 ? reading.at : state.lastBaselineAt,
    counters: { canary: canary.counters, baseline: baseline.counters },
  };
  if (reading.at < state.since + settings.warmUp) return settle(seen, observation.at, settings, 'WARMING_UP');
  const next = { ...seen, ...addEvidence(seen, canary.delta, baseline.delta, settings) };
  return settle(next, observation.at, settings, null);
}

function settle(
  state: JudgeState,
  at: number,
  settings: JudgeSettings,
  note: TickNote | null,
): { readonly state: JudgeState } & Judgement {
  return { state, ...conclude(state, at, settings, note) };
}

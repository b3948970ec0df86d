import { addEvidence } from './evidence.ts';
import { countTick, type Observation, type Tick } from './reader.ts';
import type { TickNote } from './reasons.ts';
import type { JudgeSettings } from './settings.ts';
import type { EvidenceState, JudgeState } from './state.ts';
import { conclude, type Judgement } from './verdict.ts';

/**
 * Judges one more tick. Pure: the same state, observation and settings give the same bytes, so every judgement
 * can be replayed from the evidence. The judge never acts; the release machine does.
 */
export function judge(
  state: JudgeState,
  observation: Observation,
  settings: JudgeSettings,
): { readonly state: JudgeState; readonly tick: Tick } & Judgement {
  const { reader: before, ...evidence } = state;
  const { reader, tick } = countTick(before, observation, settings.slowEdges.length, settings.compared);
  const judged = judgeTick(evidence, tick, settings);
  return { ...judged, state: { ...judged.state, reader }, tick };
}

/**
 * The same from counts that were taken already: what a replay does.
 *
 * The share of the canary's requests is taken from the tick's own request counts, which do not depend on how
 * the requests ended.
 */
export function judgeTick(
  state: EvidenceState,
  { at, counts }: Tick,
  settings: JudgeSettings,
): { readonly state: EvidenceState } & Judgement {
  if (typeof counts === 'string') return settle(state, at, settings, counts);
  const { from, readAt, canary, baseline } = counts;
  const seen: EvidenceState = {
    ...state,
    lastDataAt: canary.requests > 0 ? readAt : state.lastDataAt,
    lastBaselineAt: baseline.requests > 0 ? readAt : state.lastBaselineAt,
  };
  const isWarm = settings.warmUp === 0 || (from !== null && from >= seen.since + settings.warmUp);
  if (!isWarm) return settle(seen, at, settings, 'WARMING_UP');
  return settle(addEvidence(seen, canary, baseline, settings), at, settings, null);
}

function settle(
  state: EvidenceState,
  at: number,
  settings: JudgeSettings,
  note: TickNote | null,
): { readonly state: EvidenceState } & Judgement {
  return { state, ...conclude(state, at, settings, note) };
}

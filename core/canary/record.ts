import type { Tick } from './reader.ts';
import type { JudgeSettings } from './settings.ts';
import { type EvidenceState, evidenceOf, type JudgeState } from './state.ts';
import type { CanaryVerdict } from './verdict.ts';

/** A tick and what the judge said then. */
export interface JudgedTick extends Tick {
  readonly verdict: CanaryVerdict;
}

/** What the judge began with and what it saw: enough to compute every verdict again. */
export interface JudgeLog {
  readonly opening: EvidenceState;
  readonly ticks: readonly JudgedTick[];
}

/** The same with the settings: what the evidence keeps. */
export interface JudgeRecord extends JudgeLog {
  readonly schema_version: 1;
  readonly settings: JudgeSettings;
}

/** Ticks after which the log begins anew at the present state: nearly three hours at 10 s. */
const longest = 1_000;

export function openLog(state: JudgeState): JudgeLog {
  return { opening: evidenceOf(state), ticks: [] };
}

/** `before`: the state that the tick was judged with. */
export function addToLog(log: JudgeLog, before: JudgeState, tick: Tick, verdict: CanaryVerdict): JudgeLog {
  const { opening, ticks } = log.ticks.length < longest ? log : openLog(before);
  return { opening, ticks: [...ticks, { ...tick, verdict }] };
}

export function recordOf({ opening, ticks }: JudgeLog, settings: JudgeSettings): JudgeRecord {
  return { schema_version: 1, settings, opening, ticks };
}

import { type JudgedTick, packTicks, unpackTicks } from './packed-ticks.ts';
import type { Tick } from './reader.ts';
import type { JudgeSettings } from './settings.ts';
import { type EvidenceState, evidenceOf, type JudgeState } from './state.ts';
import type { CanaryVerdict } from './verdict.ts';

/**
 * What the judge began with and what it saw: enough to compute every verdict again. Readings that are past are packed
 * (`packTicks`), many to a line: the log is part of a state that is written at every reading.
 */
export interface JudgeLog {
  readonly opening: EvidenceState;
  readonly packed?: readonly string[];
  readonly ticks: readonly JudgedTick[];
}

/** The same with the settings: what the evidence keeps. */
export interface JudgeRecord extends JudgeLog {
  readonly schema_version: 1;
  readonly settings: JudgeSettings;
}

const ticksALine = 250;
/** Lines after which the log begins anew at the present state: more than two days at 10 s. */
const mostLines = 80;

export function openLog(state: JudgeState): JudgeLog {
  return { opening: evidenceOf(state), ticks: [] };
}

/** `before`: the state that the tick was judged with. */
export function addToLog(log: JudgeLog, before: JudgeState, tick: Tick, verdict: CanaryVerdict): JudgeLog {
  const isFull = log.ticks.length >= ticksALine && (log.packed?.length ?? 0) >= mostLines;
  const { opening, packed = [], ticks } = isFull ? openLog(before) : log;
  const next = { ...tick, verdict };
  if (ticks.length < ticksALine) return { opening, packed, ticks: [...ticks, next] };
  return { opening, packed: [...packed, packTicks(ticks)], ticks: [next] };
}

/** Every reading, oldest first. @throws InputError for lines that are not ours. */
export function ticksOf({ packed = [], ticks }: JudgeLog): readonly JudgedTick[] {
  return [...packed.flatMap(unpackTicks), ...ticks];
}

export function recordOf({ opening, packed = [], ticks }: JudgeLog, settings: JudgeSettings): JudgeRecord {
  return { schema_version: 1, settings, opening, packed, ticks };
}

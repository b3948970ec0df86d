import { judgeTick } from './judge.ts';
import type { JudgedTick } from './packed-ticks.ts';
import { type JudgeRecord, ticksOf } from './record.ts';
import type { CanaryVerdict, Judgement } from './verdict.ts';

/** What a replay says about one tick. */
export interface Moment extends Judgement {
  /** ms since the epoch */
  readonly at: number;
  /** What the judge had said at the time. */
  readonly recorded: CanaryVerdict;
}

/** Computes every verdict of a record again, in order. Pure; nothing but the record is asked. */
export function replay(record: JudgeRecord): readonly Moment[] {
  const { settings, opening } = record;
  let state = opening;
  return ticksOf(record).map(({ verdict: recorded, ...tick }: JudgedTick) => {
    const { state: next, verdict, reasons, values } = judgeTick(state, tick, settings);
    state = next;
    return { at: tick.at, recorded, verdict, reasons, values };
  });
}

/** The same with other settings: what would have been decided. The evidence begins where the record's did. */
export function replayWith(
  record: JudgeRecord,
  change: Partial<Pick<JudgeRecord['settings'], 'alpha' | 'beta' | 'minRequests'>>,
): readonly Moment[] {
  return replay({ ...record, settings: { ...record.settings, ...change } });
}

/** The first moment with this verdict. */
export function firstWith(moments: readonly Moment[], verdict: CanaryVerdict): Moment | null {
  return moments.find((moment) => moment.verdict === verdict) ?? null;
}

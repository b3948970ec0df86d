/** A stretch of time at one price. `to` null: it goes on. Ms since the epoch; US dollars an hour. */
export interface Stretch {
  readonly from: number;
  readonly to: number | null;
  readonly perHour: number;
}

/** What a preview has cost, oldest stretch first. */
export type Meter = readonly Stretch[];

const hour = 3_600_000;
/** Stretches that are remembered: two days at one change every quarter of an hour. */
const remembered = 200;

/** From `now` on it costs `perHour`; 0 ends the counting. Time that goes backwards counts as none. */
export function meterAt(meter: Meter, now: number, perHour: number): Meter {
  const open = meter.at(-1);
  if (open?.to === null && open.perHour === perHour) return meter;
  const ended = meter.map((one) => (one.to === null ? { ...one, to: Math.max(one.from, now) } : one));
  const next = perHour === 0 ? ended : [...ended, { from: now, to: null, perHour }];
  return next.slice(-remembered);
}

/** US dollars between `from` and `to`; an open stretch counts up to `to`. */
export function spentBetween(meter: Meter, from: number, to: number): number {
  return meter.reduce((sum, one) => {
    const begin = Math.max(one.from, from);
    const end = Math.min(one.to ?? to, to);
    return end > begin ? sum + ((end - begin) / hour) * one.perHour : sum;
  }, 0);
}

/** US dollars that `perHour` makes from `now` to the end of the day. */
export function forecast(perHour: number, now: number, endOfDay: number): number {
  return (Math.max(0, endOfDay - now) / hour) * perHour;
}

/** A calendar day of a time zone as moments, ms since the epoch: 23 to 25 hours long where clocks change. */
export interface Day {
  /** `2026-03-29` */
  readonly date: string;
  readonly from: number;
  readonly to: number;
}

const minute = 60_000;
const day = 86_400_000;

/** The day that `now` is in. */
export function dayAt(now: number, timeZone: string): Day {
  const last = lastDays.get(timeZone);
  if (last !== undefined && now >= last.from && now < last.to) return last;
  const found = findDay(now, timeZone);
  lastDays.set(timeZone, found);
  return found;
}

/** The day that was last asked for in each zone: ledgers ask for the same one thousands of times. */
const lastDays = new Map<string, Day>();

function findDay(now: number, timeZone: string): Day {
  const date = dateOf(now, timeZone);
  const from = firstMoment(date, timeZone);
  // Half past noon of the next day is in the next day, whatever the clocks do.
  const next = dateOf(from + day + 12.5 * 60 * minute, timeZone);
  return { date, from, to: firstMoment(next === date ? dateOf(from + 2 * day, timeZone) : next, timeZone) };
}

/** The first moment at which the zone has this date: midnight, or later where midnight is skipped. */
function firstMoment(date: string, timeZone: string): number {
  const [year = 0, month = 1, dayOfMonth = 1] = date.split('-').map(Number);
  // Zones are at most 14 hours ahead of UTC and 12 behind: search the first minute of the date between those.
  let low = Date.UTC(year, month - 1, dayOfMonth) - 15 * 60 * minute;
  let high = Date.UTC(year, month - 1, dayOfMonth) + 13 * 60 * minute;
  while (high - low > minute) {
    const middle = Math.floor((low + high) / 2 / minute) * minute;
    if (dateOf(middle, timeZone) < date) low = middle;
    else high = middle;
  }
  return high;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function dateOf(now: number, timeZone: string): string {
  const known =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  formats.set(timeZone, known);
  return known.format(now);
}

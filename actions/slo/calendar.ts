/** A period that follows the calendar, as OpenSLO describes it: `count` units from `start`, again and again. */
export interface CalendarWindow {
  /** First moment of some period, on the wall clock of `timeZone`: `YYYY-MM-DD hh:mm:ss`. */
  readonly start: string;
  /** IANA name; summer time is observed. */
  readonly timeZone: string;
  readonly count: number;
  readonly unit: CalendarUnit;
}
export type CalendarUnit = 'm' | 'h' | 'd' | 'w' | 'M' | 'Q' | 'Y';

/** Ms since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const minute = 60_000;
const day = 1_440 * minute;
const daysIn = { d: 1, w: 7 } as const;
const monthsIn = { M: 1, Q: 3, Y: 12 } as const;

/** The period of the calendar in which `at` lies: its first moment belongs to it, its end to the next one. */
export function calendarPeriod(window: CalendarWindow, at: number): Span {
  const beginning = (index: number): number => beginningOf(window, index);
  let index = Math.floor((at - beginning(0)) / nominalMs(window));
  while (beginning(index) > at) index -= 1;
  while (beginning(index + 1) <= at) index += 1;
  return { from: beginning(index), to: beginning(index + 1) };
}

/** Days, weeks and months are steps of the wall clock, hours and minutes of time itself. */
function beginningOf({ start, timeZone, count, unit }: CalendarWindow, index: number): number {
  const wall = Date.parse(`${start.replace(' ', 'T')}Z`);
  switch (unit) {
    case 'm':
      return instantOf(wall, timeZone) + index * count * minute;
    case 'h':
      return instantOf(wall, timeZone) + index * count * 60 * minute;
    case 'd':
    case 'w':
      return instantOf(wall + index * count * daysIn[unit] * day, timeZone);
    case 'M':
    case 'Q':
    case 'Y':
      return instantOf(addMonths(wall, index * count * monthsIn[unit]), timeZone);
  }
}

/** The 31st is the last day of a shorter month. */
function addMonths(wall: number, months: number): number {
  const date = new Date(wall);
  const target = date.getUTCMonth() + months;
  const last = new Date(Date.UTC(date.getUTCFullYear(), target + 1, 0)).getUTCDate();
  const whole = Date.UTC(date.getUTCFullYear(), target, Math.min(date.getUTCDate(), last));
  return whole + (wall % day);
}

/** The moment at which a wall clock shows this; one that summer time skips is the moment after the gap. */
function instantOf(wall: number, timeZone: string): number {
  const guess = wall - offsetAt(wall, timeZone);
  return wall - offsetAt(guess, timeZone);
}

/** How far the zone's wall clock is ahead of UTC, ms. */
function offsetAt(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value ?? 0);
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return wall - Math.floor(at / 1_000) * 1_000;
}

/** Months, quarters and years as nominal lengths: an error budget needs a number before it has a calendar. */
export function nominalMs({ count, unit }: Pick<CalendarWindow, 'count' | 'unit'>): number {
  const units: Readonly<Record<CalendarUnit, number>> = {
    m: minute,
    h: 60 * minute,
    d: day,
    w: 7 * day,
    M: 30 * day,
    Q: 90 * day,
    Y: 365 * day,
  };
  return count * units[unit];
}

/** OpenSLO's duration shorthand: `28d`, `4w`, `1M`. */
export function parseShorthand(text: string): Pick<CalendarWindow, 'count' | 'unit'> {
  return { count: Number(text.slice(0, -1)), unit: text.slice(-1) as CalendarUnit };
}

/** The same in ms; months, quarters and years as nominal lengths. */
export function shorthandMs(text: string): number {
  return nominalMs(parseShorthand(text));
}

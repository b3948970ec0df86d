import { type CalendarWindow, calendarPeriod } from './calendar.ts';
import { burnRules } from './windows.ts';

/** The period of an error budget, seen from one moment. */
export interface Period {
  /** What has been counted of it: the window of this length that ends now, ms. */
  readonly windowMs: number;
  /** All of it, ms. */
  readonly lengthMs: number;
  /** When it began and when the budget is renewed; null: it rolls. */
  readonly calendar: { readonly from: number; readonly to: number } | null;
}

/** No provider answers a window of nothing. */
const shortest = 60_000;

export function periodOf(
  slo: { readonly periodMs: number; readonly calendar: CalendarWindow | null },
  at: number,
): Period {
  if (slo.calendar === null) return rolling(slo.periodMs);
  const calendar = calendarPeriod(slo.calendar, at);
  const elapsed = Math.floor((at - calendar.from) / 1_000) * 1_000;
  return { windowMs: Math.max(shortest, elapsed), lengthMs: calendar.to - calendar.from, calendar };
}

export function rolling(lengthMs: number): Period {
  return { windowMs: lengthMs, lengthMs, calendar: null };
}

/**
 * The error budget of the whole period as a ratio of the events so far. In a calendar period that has run for a tenth,
 * ten times the ratio is still within budget; the traffic of the rest is assumed to be like the traffic so far.
 */
export function budgetSoFar(budget: number, { windowMs, lengthMs }: Period): number {
  return budget * Math.max(1, lengthMs / windowMs);
}

/** Every window that an objective needs, shortest first. */
export function windowsOf(period: Period): readonly number[] {
  const windows = burnRules(period.lengthMs).flatMap(({ longMs, shortMs }) => [longMs, shortMs]);
  return [...new Set([...windows, period.windowMs])].sort((a, b) => a - b);
}

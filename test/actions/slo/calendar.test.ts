import { describe, expect, it } from 'vitest';
import { type CalendarWindow, calendarPeriod } from '../../../actions/slo/calendar.ts';
import { budgetSoFar, periodOf, windowsOf } from '../../../actions/slo/period.ts';
import fc from '../../support/fast-check.ts';

const window = (text: string, start = '2026-01-01 00:00:00', timeZone = 'UTC'): CalendarWindow => ({
  start,
  timeZone,
  count: Number(text.slice(0, -1)),
  unit: text.slice(-1) as CalendarWindow['unit'],
});
const shown = ({ from, to }: { from: number; to: number }) =>
  [from, to].map((at) => new Date(at).toISOString());

describe('the period of the calendar', () => {
  it.each([
    [
      '1M',
      '2026-01-01 00:00:00',
      'UTC',
      '2026-02-28T23:59:59Z',
      '2026-02-01T00:00:00',
      '2026-03-01T00:00:00',
    ],
    [
      '1M',
      '2026-01-01 00:00:00',
      'UTC',
      '2026-03-01T00:00:00Z',
      '2026-03-01T00:00:00',
      '2026-04-01T00:00:00',
    ],
    // New York is five hours behind in winter and four in summer.
    [
      '1M',
      '2026-01-01 00:00:00',
      'America/New_York',
      '2026-03-20T00:00:00Z',
      '2026-03-01T05:00:00',
      '2026-04-01T04:00:00',
    ],
    [
      '1d',
      '2026-01-01 00:00:00',
      'Europe/Berlin',
      '2026-03-29T12:00:00Z',
      '2026-03-28T23:00:00',
      '2026-03-29T22:00:00',
    ],
    // 02:30 does not exist on that day in Berlin.
    [
      '1d',
      '2026-01-01 02:30:00',
      'Europe/Berlin',
      '2026-03-29T12:00:00Z',
      '2026-03-29T01:30:00',
      '2026-03-30T00:30:00',
    ],
    [
      '1M',
      '2026-01-31 12:00:00',
      'UTC',
      '2026-03-01T00:00:00Z',
      '2026-02-28T12:00:00',
      '2026-03-31T12:00:00',
    ],
    [
      '1Q',
      '2026-01-01 00:00:00',
      'UTC',
      '2026-05-04T12:00:00Z',
      '2026-04-01T00:00:00',
      '2026-07-01T00:00:00',
    ],
    [
      '1Y',
      '2024-02-29 00:00:00',
      'UTC',
      '2026-01-01T00:00:00Z',
      '2025-02-28T00:00:00',
      '2026-02-28T00:00:00',
    ],
    [
      '2w',
      '2026-01-05 00:00:00',
      'UTC',
      '2026-05-04T12:00:00Z',
      '2026-04-27T00:00:00',
      '2026-05-11T00:00:00',
    ],
    [
      '6h',
      '2026-01-01 00:00:00',
      'UTC',
      '2026-05-04T12:00:00Z',
      '2026-05-04T12:00:00',
      '2026-05-04T18:00:00',
    ],
    [
      '1M',
      '2027-01-01 00:00:00',
      'UTC',
      '2026-05-04T12:00:00Z',
      '2026-05-01T00:00:00',
      '2026-06-01T00:00:00',
    ],
  ])('%s from %s in %s, at %s', (text, start, zone, at, from, to) => {
    expect(shown(calendarPeriod(window(text, start, zone), Date.parse(at)))).toEqual([
      `${from}.000Z`,
      `${to}.000Z`,
    ]);
  });

  it('holds every moment, exactly one each, whatever the zone', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Pacific/Apia',
    );
    const lengths = fc.constantFrom('30m', '5h', '1d', '3d', '1w', '1M', '1Q', '1Y');
    const moments = fc.integer({
      min: Date.parse('2009-01-01T00:00:00Z'),
      max: Date.parse('2031-01-01T00:00:00Z'),
    });
    fc.assert(
      fc.property(lengths, zones, moments, (text, zone, at) => {
        const calendar = window(text, '2020-01-31 02:30:00', zone);
        const { from, to } = calendarPeriod(calendar, at);
        expect(from <= at && at < to).toBe(true);
        expect(calendarPeriod(calendar, to).from).toBe(to);
        expect(calendarPeriod(calendar, from)).toEqual({ from, to });
      }),
      { numRuns: 60 },
    );
  });
});

describe('the budget of a calendar period', () => {
  const month = { periodMs: 30 * 86_400_000, calendar: window('1M') };

  it('is counted from the beginning and is that of the whole month', () => {
    const period = periodOf(month, Date.parse('2026-05-04T12:00:00Z'));
    expect(period).toMatchObject({ windowMs: 3.5 * 86_400_000, lengthMs: 31 * 86_400_000 });
    expect(windowsOf(period)).toContain(3.5 * 86_400_000);
    expect(budgetSoFar(0.001, period)).toBeCloseTo((0.001 * 31) / 3.5, 12);
  });

  it('is whole again at its first moment', () => {
    const period = periodOf(month, Date.parse('2026-05-01T00:00:00Z'));
    expect(period.windowMs).toBe(60_000);
    expect(budgetSoFar(0.001, period)).toBeGreaterThan(1);
  });
});

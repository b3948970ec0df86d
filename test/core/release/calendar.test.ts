import { describe, expect, it } from 'vitest';
import { calendarAt } from '../../../core/release/calendar.ts';
import { config } from '../support/facts.ts';

const at = (text: string): number => Date.parse(text);
const { windows, freezes } = config(
  {},
  {
    windows: [{ days: ['mon', 'tue', 'wed', 'thu'], from: '09:00', to: '16:00', time_zone: 'Europe/Berlin' }],
    freezes: [{ from: '2026-12-21T00:00:00+01:00', to: '2027-01-04T00:00:00+01:00', reason: 'year end' }],
  },
);

describe('a release window', () => {
  it.each([
    ['its first minute', '2026-07-06T07:00:00Z', true],
    ['the minute before', '2026-07-06T06:59:59Z', false],
    ['its last second', '2026-07-06T13:59:59Z', true],
    ['its end', '2026-07-06T14:00:00Z', false],
    ['the same hour in winter time', '2026-12-07T08:00:00Z', true],
    ['an hour before that', '2026-12-07T07:30:00Z', false],
    ['a Friday', '2026-07-10T08:00:00Z', false],
    ['midnight', '2026-07-06T22:00:00Z', false],
  ])('at %s', (_name, moment, open) => {
    expect(calendarAt({ windows, freezes }, at(moment)).window.open).toBe(open);
  });

  it('that is closed says when it opens', () => {
    const { window } = calendarAt({ windows, freezes }, at('2026-07-10T08:00:00Z'));
    expect(window.reason).toBe('mon, tue, wed, thu 09:00–16:00 Europe/Berlin');
  });

  it('is always open when none is configured', () => {
    expect(calendarAt({ windows: [], freezes }, at('2026-07-11T03:00:00Z')).window.open).toBe(true);
  });
});

describe('a freeze', () => {
  it.each([
    ['before it', '2026-12-20T22:59:59Z', false],
    ['at its start', '2026-12-20T23:00:00Z', true],
    ['at its end', '2027-01-03T23:00:00Z', false],
  ])('%s', (_name, moment, active) => {
    expect(calendarAt({ windows, freezes }, at(moment)).freeze.active).toBe(active);
  });

  it('says why and until when', () => {
    const { freeze } = calendarAt({ windows, freezes }, at('2026-12-24T12:00:00Z'));
    expect(freeze.reason).toBe('year end, until 2027-01-03T23:00:00.000Z');
  });
});

describe('a calendar that cannot be read is refused', () => {
  it.each([
    ['an unknown time zone', { windows: [{ from: '09:00', to: '10:00', time_zone: 'Europe/Nowhere' }] }],
    ['a window that ends before it begins', { windows: [{ from: '22:00', to: '06:00' }] }],
    ['a time that is none', { windows: [{ from: '9', to: '10:00' }] }],
    [
      'a freeze without an offset',
      { freezes: [{ from: '2026-12-21T00:00:00', to: '2027-01-04', reason: 'x' }] },
    ],
    [
      'a freeze without a reason',
      { freezes: [{ from: '2026-12-21T00:00:00Z', to: '2027-01-04T00:00:00Z' }] },
    ],
  ])('%s', (_name, release) => {
    expect(() => config({}, release)).toThrow();
  });
});

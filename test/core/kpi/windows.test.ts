import { describe, expect, it } from 'vitest';
import { kpiWindows } from '../../../core/kpi/windows.ts';

const day = 86_400_000;
const at = (text: string): number => Date.parse(text);
const windows = (change: object = {}) =>
  kpiWindows({
    ga: at('2026-01-15T09:00:00Z'),
    began: at('2026-01-15T07:00:00Z'),
    length: day,
    weeks: 1,
    bucket: 3_600_000,
    timeZone: 'UTC',
    ...change,
  });

describe('the windows of a comparison', () => {
  it('are the time since GA and the same hours of the same weekday before', () => {
    expect(windows()).toEqual({
      after: { from: at('2026-01-15T09:00:00Z'), to: at('2026-01-16T09:00:00Z') },
      before: [{ from: at('2026-01-08T09:00:00Z'), to: at('2026-01-09T09:00:00Z') }],
      bucket: 3_600_000,
    });
  });

  it('hold nothing of a release that was under way for long', () => {
    const { before } = windows({ began: at('2026-01-08T12:00:00Z'), weeks: 2 });
    expect(before.map(({ from }) => from)).toEqual([at('2026-01-01T09:00:00Z'), at('2025-12-25T09:00:00Z')]);
    expect(windows({ began: at('2025-01-01T00:00:00Z') }).before).toEqual([]);
  });

  it('keep the local hour when the clocks change', () => {
    // Berlin: summer time begins on 2026-03-29; 10:00 local is 08:00 UTC after it and 09:00 UTC before.
    const ga = at('2026-03-31T08:00:00Z');
    const { before } = windows({ ga, began: ga - 1, timeZone: 'Europe/Berlin' });
    expect(before[0]?.from).toBe(at('2026-03-24T09:00:00Z'));
  });

  it('are cut into at least 24 pieces of at least a second', () => {
    expect(windows({ length: 12_000 }).bucket).toBe(1_000);
    expect(windows({ length: 48 * 60_000 }).bucket).toBe(120_000);
  });
});

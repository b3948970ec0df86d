import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { previewsSchema } from '../../../core/config/previews.ts';
import { checkBudget, type LedgerRow, overspent } from '../../../core/preview/budget.ts';
import { dayAt } from '../../../core/preview/day.ts';
import { meterAt, spentBetween } from '../../../core/preview/meter.ts';

const hour = 3_600_000;
const config = (budget: object = {}) =>
  previewsSchema.parse({
    budget: { preview: 3, repository: 10, organisation: 50, ...budget },
    cost: { sizes: { small: { per_hour: 0.1 }, large: { per_hour: 0.5 } }, default_size: 'small' },
  });
const noon = Date.UTC(2026, 5, 1, 12);
const day = dayAt(noon, 'UTC');
const asked = { repository: 'acme/shop', pullRequest: 7, size: 'small' };
const row = (pullRequest: number, more: Partial<LedgerRow> = {}): LedgerRow => ({
  repository: 'acme/shop',
  pullRequest,
  spentToday: 0,
  perHour: 0,
  asleep: false,
  exists: true,
  organisation: Number.POSITIVE_INFINITY,
  since: pullRequest,
  ...more,
});

describe('a day', () => {
  it.each([
    ['UTC', '2026-06-01T12:00:00Z', '2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z'],
    ['Europe/Berlin', '2026-03-29T10:00:00Z', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
    ['Europe/Berlin', '2026-10-25T10:00:00Z', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
    ['Asia/Kolkata', '2026-06-01T18:29:00Z', '2026-05-31T18:30:00Z', '2026-06-01T18:30:00Z'],
    ['Pacific/Kiritimati', '2026-06-01T12:00:00Z', '2026-06-01T10:00:00Z', '2026-06-02T10:00:00Z'],
    // Midnight itself is skipped there when summer time begins.
    ['America/Santiago', '2026-09-06T12:00:00Z', '2026-09-06T04:00:00Z', '2026-09-07T03:00:00Z'],
  ])('of %s at %s is from %s to %s', (zone, now, from, to) => {
    const found = dayAt(Date.parse(now), zone);
    expect([found.from, found.to].map((at) => new Date(at).toISOString().replace('.000', ''))).toEqual([
      from,
      to,
    ]);
  });

  it('follows the day before without a gap, all over the world', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'America/St_Johns',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 1.6e9, max: 2e9 }), (zone, seconds) => {
        const today = dayAt(seconds * 1_000, zone);
        expect(today.from).toBeLessThanOrEqual(seconds * 1_000);
        expect(today.to).toBeGreaterThan(seconds * 1_000);
        expect(dayAt(today.to, zone).from).toBe(today.to);
      }),
    );
  });
});

describe('the meter', () => {
  it('counts each stretch at its price and only inside the day', () => {
    const started = meterAt([], day.from - 2 * hour, 0.5);
    const asleep = meterAt(started, day.from + hour, 0.1);
    const gone = meterAt(asleep, day.from + 3 * hour, 0);
    expect(spentBetween(gone, day.from, noon)).toBeCloseTo(0.5 + 2 * 0.1, 9);
    expect(spentBetween(gone, day.from - 24 * hour, day.from)).toBeCloseTo(2 * 0.5, 9);
  });

  it('never counts twice, whatever the clock does', () => {
    const moves = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: 48 }), price: fc.constantFrom(0, 0.1, 0.5) }),
    );
    fc.assert(
      fc.property(moves, (list) => {
        const meter = list.reduce(
          (known, { at, price }) => meterAt(known, at * hour, price),
          [] as ReturnType<typeof meterAt>,
        );
        expect(spentBetween(meter, 0, 48 * hour)).toBeGreaterThanOrEqual(0);
        expect(meter.filter(({ to }) => to === null).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the budget', () => {
  it('lets a preview start whose day fits', () => {
    expect(checkBudget(config(), asked, [row(7)], noon, day)).toBeNull();
  });

  it('refuses one that was spent, and names by whom, the dearest first', () => {
    const ledger = [row(1, { spentToday: 4 }), row(2, { spentToday: 6 }), row(7)];
    expect(checkBudget(config(), asked, ledger, noon, day)).toMatchObject({
      code: 'BUDGET_SPENT',
      scope: 'repository',
      limit: 10,
      spent: 10,
      by: [{ pullRequest: 2 }, { pullRequest: 1 }],
    });
  });

  it('refuses one that would not last until midnight, and offers a smaller size', () => {
    expect(checkBudget(config(), { ...asked, size: 'large' }, [], noon, day)).toMatchObject({
      code: 'BUDGET_FORECAST',
      scope: 'preview',
      expected: 6,
      offer: { kind: 'shrink', size: 'small' },
    });
  });

  it('offers to let a running one sleep, else to destroy the oldest', () => {
    const small = config({ repository: 1 });
    const running = [row(1, { spentToday: 0.2, perHour: 0.1 }), row(2, { spentToday: 0.5, perHour: 0.2 })];
    expect(checkBudget(small, asked, running, noon, day)?.offer).toEqual({ kind: 'sleep', pullRequest: 2 });
    const sleeping = running.map((one) => ({ ...one, asleep: true }));
    expect(checkBudget(small, asked, sleeping, noon, day)?.offer).toEqual({
      kind: 'destroy',
      pullRequest: 1,
    });
  });

  it('of the organisation counts the other repositories', () => {
    const ledger = [row(3, { repository: 'acme/web', spentToday: 50 })];
    expect(checkBudget(config(), asked, ledger, noon, day)).toMatchObject({ scope: 'organisation' });
  });

  it('refuses a size that nobody priced', () => {
    expect(checkBudget(config(), { ...asked, size: 'huge' }, [], noon, day)).toMatchObject({
      scope: 'preview',
    });
  });

  it('says when a running preview has to stop', () => {
    expect(overspent(config(), row(7, { spentToday: 2.99 }), [], 0)).toBeNull();
    expect(overspent(config(), row(7, { spentToday: 3 }), [], 0)).toBe('preview');
    expect(overspent(config(), row(7), [row(1, { spentToday: 10 })], 0)).toBe('repository');
  });
});

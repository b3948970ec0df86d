import { describe, expect, it } from 'vitest';
import { previewsSchema } from '../../../core/config/previews.ts';
import { checkBudget, type LedgerRow, overspent } from '../../../core/preview/budget.ts';
import { dayAt } from '../../../core/preview/day.ts';
import { meterAt, spentBetween } from '../../../core/preview/meter.ts';
import fc from '../../support/fast-check.ts';

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

  describe('offers what is cheapest and enough', () => {
    // Noon: an hour of asleep or awake counts twelve times until midnight; it asks for 1.20.
    const offer = (limit: number, ...others: LedgerRow[]) =>
      checkBudget(config({ repository: limit }), asked, others, noon, day)?.offer;
    const running = (pullRequest: number, perHour: number, more: Partial<LedgerRow> = {}) =>
      row(pullRequest, { perHour, ...more });

    it.each<[string, ReturnType<typeof offer>, ReturnType<typeof offer>]>([
      [
        'the sleep of the cheapest one that makes room',
        offer(5, running(1, 0.3), running(2, 0.2), running(3, 0.01)),
        { kind: 'sleep', of: [{ pullRequest: 2 }] },
      ],
      [
        'the sleep of several, where one is not enough',
        offer(2.5, running(1, 0.1), running(2, 0.1), running(3, 0.1)),
        { kind: 'sleep', of: [{ pullRequest: 1 }, { pullRequest: 2 }] },
      ],
      [
        'the end of the oldest, where those that could sleep already do',
        offer(2.5, running(5, 0.1, { asleep: true, since: 1 }), running(4, 0.1, { asleep: true, since: 2 })),
        { kind: 'destroy', of: [{ pullRequest: 5 }] },
      ],
      [
        'the end of one whose sleep is nearly as dear',
        offer(2, running(1, 0.2, { perHourAsleep: 0.19 })),
        { kind: 'destroy', of: [{ pullRequest: 1 }] },
      ],
      [
        'for the next day the end of the oldest, where what is spent does not come back',
        offer(3, running(1, 0.1, { spentToday: 3.5 }), running(2, 0.1)),
        { kind: 'tomorrow', of: [{ pullRequest: 1 }] },
      ],
      ['nothing, where nobody else costs anything', offer(3, row(1, { spentToday: 3.5 })), null],
    ])('%s', (_name, found, wanted) => expect(found).toEqual(wanted));

    it('one of another repository only where none of its own is enough', () => {
      const web = running(9, 0.5, { repository: 'acme/web' });
      const small = config({ organisation: 6 });
      expect(checkBudget(small, asked, [web, running(1, 0.3)], noon, day)?.offer).toEqual({
        kind: 'sleep',
        of: [{ pullRequest: 9, repository: 'acme/web' }],
      });
      const larger = config({ organisation: 8 });
      expect(checkBudget(larger, asked, [web, running(1, 0.5)], noon, day)?.offer).toEqual({
        kind: 'sleep',
        of: [{ pullRequest: 1 }],
      });
    });

    it('no size that another budget refuses', () => {
      const large = { ...asked, size: 'large' };
      const spent = row(1, { repository: 'acme/web', spentToday: 50 });
      expect(checkBudget(config(), large, [spent], noon, day)?.offer).toBeNull();
    });

    it('also where fractions of cents do not add up to the very limit', () => {
      const spent = { spentToday: 0.3 };
      const tight = config({ repository: 3 });
      const ledger = [row(1, { ...spent, perHour: 0.1 }), row(2, { ...spent, perHour: 0.3 })];
      const found = checkBudget(tight, { ...asked, size: 'small' }, ledger, noon, day);
      expect(found?.offer?.kind).toBe('sleep');
      const [named] = found?.offer?.kind === 'sleep' ? found.offer.of : [];
      const after = ledger.map((one) =>
        one.pullRequest === named?.pullRequest ? { ...one, perHour: one.perHourAsleep ?? 0 } : one,
      );
      expect(checkBudget(tight, { ...asked, size: 'small' }, after, noon, day)).toBeNull();
    });

    it('so that what it names is true: afterwards there is room', () => {
      const price = fc.constantFrom(0, 0.01, 0.1, 0.3, 1);
      const rows = fc.array(
        fc.record({
          perHour: price,
          perHourAsleep: fc.constantFrom(0, 0.01),
          spentToday: price,
          asleep: fc.boolean(),
          repository: fc.constantFrom('acme/shop', 'acme/web'),
          since: fc.nat(9),
        }),
        { maxLength: 8 },
      );
      fc.assert(
        fc.property(
          rows,
          fc.constantFrom(1, 3, 8),
          fc.constantFrom('small', 'large'),
          (list, limit, size) => {
            const ledger = list.map((one, index) => row(100 + index, one));
            const limits = config({ repository: limit, organisation: 2 * limit });
            const found = checkBudget(limits, { ...asked, size }, ledger, noon, day)?.offer;
            if (found == null || found.kind === 'tomorrow') return;
            const named = found.kind === 'shrink' ? [] : found.of.map(({ pullRequest }) => pullRequest);
            const after = ledger.map((one) =>
              named.includes(one.pullRequest)
                ? { ...one, perHour: found.kind === 'sleep' ? (one.perHourAsleep ?? 0) : 0 }
                : one,
            );
            const wanted = found.kind === 'shrink' ? found.size : size;
            expect(checkBudget(limits, { ...asked, size: wanted }, after, noon, day)).toBeNull();
          },
        ),
      );
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

import { describe, expect, it } from 'vitest';
import { dueBetween, paceOfGovernance, roundOf } from '../../app/jobs/slots.ts';
import { sweep } from '../simulation/governance/sweep.ts';

const minute = 60_000;
const hour = 60 * minute;
const names = (count: number) => Array.from({ length: count }, (_, n) => ({ repository: `acme/r${n}` }));

describe('the turns of the hourly look', () => {
  it.each([
    [1, 60],
    [500, 60],
    [501, 120],
    [1_000, 120],
    [10_000, 1_200],
  ])('of %i repositories take %i minutes', (count, minutes) =>
    expect(roundOf(count, paceOfGovernance)).toBe(minutes),
  );

  it('take each repository once in a round, at most about three times the mean in one minute', () => {
    const all = names(1_000);
    const start = 1_700_000_000_000;
    const turns = Array.from({ length: 120 }, (_, n) =>
      dueBetween(all, start + n * minute, start + (n + 1) * minute),
    );
    expect(turns.flat().toSorted()).toHaveLength(1_000);
    expect(new Set(turns.flat()).size).toBe(1_000);
    expect(Math.max(...turns.map(({ length }) => length))).toBeLessThan(30);
  });

  it('make up for minutes that were missed, and take all after a whole round or at the start', () => {
    const all = names(300);
    const now = 1_700_000_000_000;
    const missed = dueBetween(all, now - 7 * minute, now);
    const singly = Array.from({ length: 7 }, (_, n) =>
      dueBetween(all, now - (7 - n) * minute, now - (6 - n) * minute),
    );
    expect(new Set(missed)).toEqual(new Set(singly.flat()));
    expect(dueBetween(all, now - hour, now)).toEqual(all);
    expect(dueBetween(all, 0, now)).toEqual(all);
  });

  it('come once when the job runs twice in a minute', () => {
    const now = Math.floor(1_700_000_000_000 / minute) * minute;
    expect(dueBetween(names(300), now, now + 30_000)).toEqual([]);
  });
});

describe('a sweep of hundreds of repositories', () => {
  it.each([
    [
      1_000,
      false,
      {
        first: { calls: 15_000, counted: 13_000, minutes: 120, dearestHour: 6_773 },
        quiet: { calls: 12_000, counted: 0, minutes: 120 },
      },
    ],
    [600, true, { first: { minutes: 120 }, quiet: { counted: 0, minutes: 120 } }],
  ])(
    'is spread over two hours, within the rate limit even where no answer is known, and nearly free where all are (%i, organisation: %s)',
    async (count, hasOrganisation, figures) => {
      const found = await sweep(count, hasOrganisation);
      // The figures of docs/governance.md.
      expect(found).toMatchObject(figures);
      expect(found.first.unread + found.quiet.unread).toBe(0);
      expect(found.first.dearestHour).toBeLessThan(found.allowed);
    },
  );
});

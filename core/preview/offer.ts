import type { PreviewsConfig } from '../config/previews.ts';
import type { LedgerRow } from './row.ts';

const hour = 3_600_000;
/** Nobody puts more to sleep by hand. */
const mostNamed = 10;

/** The cheapest thing that people can do about it and that is enough. */
export type Offer =
  | { readonly kind: 'shrink'; readonly size: string }
  /** `tomorrow`: nothing helps today; what goes leaves more of the next day's money. */
  | { readonly kind: 'sleep' | 'destroy' | 'tomorrow'; readonly of: readonly Place[] };

export interface Place {
  readonly pullRequest: number;
  /** It is in another repository of the organisation. */
  readonly repository?: string;
}

/**
 * A smaller size, else the sleep of others, else the end of the oldest: as few as are enough, and those of another
 * repository only if there is no other way. What is spent comes back by nothing.
 */
export function offerFor({
  cost,
  asked,
  others,
  exceeded,
  left,
}: {
  readonly cost: PreviewsConfig['cost'];
  readonly asked: { readonly size: string; readonly repository: string };
  readonly others: readonly LedgerRow[];
  readonly exceeded: readonly Exceeded[];
  /** Ms until midnight. */
  readonly left: number;
}): Offer | null {
  const current = cost.sizes[asked.size]?.per_hour ?? 0;
  const smaller = Object.entries(cost.sizes)
    .filter(([, { per_hour: price }]) =>
      exceeded.every(
        (one) => price < current && one.expected - ((current - price) * left) / hour <= one.limit,
      ),
    )
    .toSorted(([, a], [, b]) => b.per_hour - a.per_hour)[0];
  if (smaller !== undefined) return { kind: 'shrink', size: smaller[0] };
  const place = (row: LedgerRow): Place => placeOf(row, asked.repository);
  const ownFirst = (a: LedgerRow, b: LedgerRow): number =>
    Number(a.repository !== asked.repository) - Number(b.repository !== asked.repository);
  const asleep = enough(
    others.toSorted((a, b) => ownFirst(a, b) || a.perHour - b.perHour || a.since - b.since),
    (row) => (row.asleep ? 0 : row.perHour - (row.perHourAsleep ?? 0)),
    exceeded,
    left,
  );
  if (asleep !== null) return { kind: 'sleep', of: asleep.map(place) };
  const oldest = others.toSorted((a, b) => ownFirst(a, b) || a.since - b.since);
  const gone = enough(oldest, ({ perHour }) => perHour, exceeded, left);
  if (gone !== null) return { kind: 'destroy', of: gone.map(place) };
  const dear = oldest.find((row) => row.perHour > 0 && exceeded.some(({ counts }) => counts(row)));
  return dear === undefined ? null : { kind: 'tomorrow', of: [place(dear)] };
}

/** A preview as seen from a repository. */
export function placeOf({ repository, pullRequest }: LedgerRow, from: string): Place {
  return repository === from ? { pullRequest } : { pullRequest, repository };
}

/** The first that is enough by itself, else as many, those that free most first; null: all of them are not enough. */
function enough(
  rows: readonly LedgerRow[],
  freed: (row: LedgerRow) => number,
  exceeded: readonly Exceeded[],
  left: number,
): readonly LedgerRow[] | null {
  const isEnough = (some: readonly LedgerRow[]): boolean =>
    exceeded.every(({ expected, limit, counts }) => {
      const perHour = sum(some.filter(counts).map(freed));
      return expected - (perHour * left) / hour <= limit;
    });
  const useful = rows.filter((row) => freed(row) > 0 && exceeded.some(({ counts }) => counts(row)));
  const single = useful.find((row) => isEnough([row]));
  if (single !== undefined) return [single];
  const most = useful.toSorted((a, b) => freed(b) - freed(a)).slice(0, mostNamed);
  const count = most.findIndex((_, index) => isEnough(most.slice(0, index + 1)));
  return count < 0 ? null : most.slice(0, count + 1);
}

/** A budget that does not hold, and which previews count in it. */
export interface Exceeded {
  readonly limit: number;
  readonly expected: number;
  readonly counts: (row: LedgerRow) => boolean;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

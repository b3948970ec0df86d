import type { Database } from '../../../adapters/postgres/index.ts';
import { sessionOf, useSession } from '../postgres/client.ts';
import { type PlantedBug, withSql } from './plant.ts';

/** Who waits for whom. */
export const lockBugs: readonly PlantedBug[] = [
  {
    name: 'no-locks-on-aggregates',
    plant: (parts) =>
      withSql(parts, (text) => {
        if (text.startsWith('select * from aggregates')) return text.replace(' for update', '');
        return text.startsWith('select pg_advisory_xact_lock') ? 'select $1 as unlocked' : null;
      }),
  },
  {
    name: 'lanes-overlap',
    plant: (parts) => ({ ...parts, database: { ...parts.database, exclusively: (_name, work) => work() } }),
  },
  {
    // Of a result that is stored while its change becomes known neither sees the other.
    name: 'commit-not-locked',
    plant: (parts) => {
      const { database } = parts;
      const transaction: Database['transaction'] = (work) =>
        database.transaction((tx) =>
          work(useSession({ ...tx, query: locksOfAggregatesOnly(tx.query) }, sessionOf(tx))),
        );
      return { ...parts, database: { ...database, transaction } };
    },
  },
];

/** A name is locked only if the row of an aggregate is locked next: names are not told apart by their numbers. */
function locksOfAggregatesOnly(query: Database['query']): Database['query'] {
  let asked: unknown[] | undefined;
  return (async (text: string, values?: unknown[]) => {
    if (text.startsWith('select pg_advisory_xact_lock')) {
      asked = values;
      return { rows: [], rowCount: 1 };
    }
    if (asked !== undefined && /from aggregates .* for update/.test(text)) {
      await query('select pg_advisory_xact_lock($1)', asked);
    }
    asked = undefined;
    return query(text, values);
  }) as Database['query'];
}

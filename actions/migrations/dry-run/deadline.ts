import type { ThrowawayDatabase } from '../../../core/ports/database.ts';

/** The time of a dry run is up. Nobody knows how long the statement would have gone on. */
export class TimeIsUp extends Error {}

/**
 * A database whose calls all together may take so long. A time-out of the server would not do: a migration can set
 * it to what it likes.
 */
export function withDeadline(database: ThrowawayDatabase, budgetMs: number): ThrowawayDatabase {
  const signal = AbortSignal.timeout(budgetMs);
  const up = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new TimeIsUp(`stopped after ${budgetMs} ms`)));
  });
  up.catch(() => undefined);
  return {
    url: database.url,
    close: () => database.close(),
    query: (sql, values) => {
      const answer = database.query(sql, values);
      // Closing the database ends a call that nobody waits for any more, and its error is nobody's.
      answer.catch(() => undefined);
      return Promise.race([answer, up]);
    },
  };
}

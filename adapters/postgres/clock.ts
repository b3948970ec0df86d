import type { Clock } from '../../core/ports/system.ts';
import type { Sql } from './sql.ts';

/** A clock that is set by the database now and then. */
export interface SharedClock extends Clock {
  /** Reads the database's time. @throws when the database does not answer: the clock goes on as it was. */
  set(): Promise<void>;
}

/** An answer that took longer says too little about the present moment, ms. */
const longestRoundTrip = 1_000;

/**
 * The database's time, carried on from one reading to the next by `monotonic`, a clock that only ever goes forward (ms,
 * from any beginning). So every replica has the same time, whatever its own wall clock says or does: what one of them
 * planned for later is due for all of them at the same moment.
 */
export async function sharedClock(sql: Sql, monotonic: () => number): Promise<SharedClock> {
  const read = async (): Promise<{ readonly ahead: number; readonly roundTrip: number }> => {
    const sent = monotonic();
    const { rows } = await sql.query<{ time: Date }>('select clock_timestamp() as time');
    const roundTrip = monotonic() - sent;
    const time = rows[0]?.time.getTime() ?? Number.NaN;
    return { ahead: time - (sent + roundTrip / 2), roundTrip };
  };
  let { ahead } = await read();
  return {
    now: () => Math.round(monotonic() + ahead),
    set: async () => {
      const found = await read();
      if (found.roundTrip <= longestRoundTrip) ahead = found.ahead;
    },
  };
}

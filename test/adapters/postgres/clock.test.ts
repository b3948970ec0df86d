import { describe, expect, it } from 'vitest';
import { connect, sharedClock } from '../../../adapters/postgres/index.ts';
import { silentLog } from '../../../core/ports/system.ts';
import { atTestEnd, createTestDatabase } from '../../support/postgres.ts';

const noon = Date.UTC(2026, 0, 5, 12);

/** A database whose time, and whose round trip, the test says. */
class Told {
  time = noon;
  roundTrip = 0;
  monotonic = 7_000;

  query = (async () => {
    this.monotonic += this.roundTrip;
    return { rows: [{ time: new Date(this.time) }], rowCount: 1 };
  }) as never;
}

describe('the clock that all replicas share', () => {
  it('is the time of the database', async () => {
    const { url } = await createTestDatabase();
    const database = await connect({ url, log: silentLog });
    atTestEnd(() => database.close());
    const clock = await sharedClock(database, () => performance.now());
    const { rows } = await database.query<{ time: Date }>('select clock_timestamp() as time');
    expect(Math.abs(clock.now() - (rows[0]?.time.getTime() ?? 0))).toBeLessThan(1_000);
  });

  it('goes on between two readings by a clock that only goes forward, whatever the wall clock does', async () => {
    const told = new Told();
    const clock = await sharedClock(told, () => told.monotonic);
    expect(clock.now()).toBe(noon);
    told.monotonic += 5_000;
    expect(clock.now()).toBe(noon + 5_000);
  });

  it('follows the database when it is set, taking half of the round trip for the way back', async () => {
    const told = new Told();
    const clock = await sharedClock(told, () => told.monotonic);
    told.time = noon + 60_000;
    told.roundTrip = 200;
    await clock.set();
    expect(clock.now()).toBe(noon + 60_100);
  });

  it('stays as it is when the answer took too long to say what time it is', async () => {
    const told = new Told();
    const clock = await sharedClock(told, () => told.monotonic);
    told.roundTrip = 5_000;
    told.time = noon + 600_000;
    await clock.set();
    expect(clock.now()).toBe(noon + 5_000);
  });
});

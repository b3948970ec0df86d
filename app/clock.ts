import type { SharedClock } from '../adapters/postgres/index.ts';
import type { Log } from '../core/ports/system.ts';

/** How often the clock is set by the database, ms. */
export const setEvery = 30_000;

/** Keeps the clock set until it is closed. A database that does not answer leaves it as it was. */
export function keepTime(clock: SharedClock, log: Log): { close(): Promise<void> } {
  const timer = setInterval(() => {
    clock.set().catch((error: Error) => log.warn({ reason: error.message }, 'The clock could not be set'));
  }, setEvery);
  timer.unref();
  return {
    close: async () => clearInterval(timer),
  };
}

import type { Queue } from '../../adapters/pg-boss/index.ts';
import { type Database, openDeliveries, pendingEffects } from '../../adapters/postgres/index.ts';
import { effectQueue } from './apply.ts';
import { inboxQueue } from './inbox-writer.ts';

/**
 * Sends a job for everything that is stored, due and unfinished. After a kill the jobs of that moment still
 * count as running in the queue; the store knows better. What another replica works on right now is locked and
 * finds nothing left to do.
 *
 * @param olderThanMs leave alone what became due more recently than this.
 */
export async function resumeUnfinished(
  database: Database,
  queue: Queue,
  now: number,
  olderThanMs: number,
): Promise<{ readonly deliveries: number; readonly effects: number }> {
  const guids = await openDeliveries(database, now - olderThanMs);
  const effects = await pendingEffects(database, now - olderThanMs);
  await database.transaction(async (tx) => {
    await queue.send(
      tx,
      inboxQueue,
      guids.map((guid) => ({ key: guid, data: { guid } })),
    );
    await queue.send(
      tx,
      effectQueue,
      effects.map(({ key, notBefore }) => ({ key, data: { key }, notBefore })),
    );
  });
  return { deliveries: guids.length, effects: effects.length };
}

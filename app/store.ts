import { startPostgres } from '../adapters/embedded-postgres/index.ts';
import { type Queue, startQueue } from '../adapters/pg-boss/index.ts';
import { connect, type Database, migrate, sharedClock } from '../adapters/postgres/index.ts';
import type { Clock, Log } from '../core/ports/system.ts';
import { keepTime } from './clock.ts';
import type { Environment } from './environment.ts';
import { effectQueue } from './flow/apply.ts';
import { inboxQueue } from './flow/inbox-writer.ts';
import { jobQueues } from './jobs/schedule.ts';

export interface OpenStore {
  readonly database: Database;
  readonly queue: Queue;
  /** The time of every replica: the database's. */
  readonly clock: Clock;
  /** Waits for running jobs, then closes everything, the bundled Postgres last. */
  close(): Promise<void>;
}

/** The database (ours when none is configured), its schema, and the queue on it. */
export async function openStore(environment: Environment, log: Log): Promise<OpenStore> {
  const opened: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const part of opened.toReversed()) await part.close();
  };
  try {
    const url = environment.databaseUrl ?? (await bundled(environment, log, opened));
    const database = await connect({ url, log });
    opened.push(database);
    const applied = await migrate(database);
    if (applied.length > 0) log.info({ applied }, 'The schema was brought up to date');
    const clock = await sharedClock(database, () => performance.now());
    opened.push(keepTime(clock, log));
    const queue = await startQueue({ url, queues: [inboxQueue, effectQueue, ...jobQueues], log, clock });
    opened.push({ close: () => queue.close() });
    return { database, queue, clock, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function bundled(
  { dataDir }: Environment,
  log: Log,
  opened: { close(): Promise<void> }[],
): Promise<string> {
  const postgres = await startPostgres({ dataDir, log });
  opened.push(postgres);
  return postgres.url;
}

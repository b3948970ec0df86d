import { PgBoss } from 'pg-boss';
import { ProviderError } from '../../core/errors.ts';
import type { Clock, Log } from '../../core/ports/system.ts';

/** The part of a transaction that the queue needs. */
export interface SqlRunner {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

export interface QueuedJob {
  /** Two waiting jobs of one key are one job. */
  readonly key: string;
  readonly data: object;
  /** Ms since the epoch; a time in the past is now. */
  readonly notBefore?: number;
}

export interface QueueStats {
  readonly waiting: number;
  readonly active: number;
  readonly failed: number;
}

/**
 * Durable jobs in Postgres. A job is a wake-up call: what there is to do stands in the store, so a job that
 * comes twice, late or never (the sweeper sends it again) does no harm.
 */
export interface Queue {
  /** Sends jobs in the caller's transaction: they exist if and only if it commits. */
  send(tx: SqlRunner, queue: string, jobs: readonly QueuedJob[]): Promise<void>;
  /**
   * Runs `handle` for each job, `concurrency` at a time. A new job wakes the workers at once; they look for jobs
   * whose time has come every `pollingSeconds`. A job whose handler throws is tried again, then dead.
   */
  work(
    queue: string,
    options: { readonly concurrency: number; readonly pollingSeconds: number },
    handle: (data: unknown) => Promise<void>,
  ): Promise<void>;
  /** Runs `handle` by a cron expression (minutes), on one replica. */
  schedule(queue: string, cron: string, handle: () => Promise<void>): Promise<void>;
  stats(queue: string): Promise<QueueStats>;
  /** Waits for running handlers, at most `timeoutMs`. */
  close(timeoutMs?: number): Promise<void>;
}

export const deadLetterQueue = 'dead-letters';

/**
 * Starts the queue on the database at `url` (schema `pgboss`) and makes the named queues.
 *
 * @throws ProviderError when the database refuses.
 */
export async function startQueue(options: {
  readonly url: string;
  readonly queues: readonly string[];
  readonly log: Log;
  /** The clock that the times of jobs are meant by. */
  readonly clock?: Clock;
}): Promise<Queue> {
  const boss = new PgBoss({
    connectionString: options.url,
    application_name: 'release-conductor queue',
    max: 6,
    useListenNotify: true,
  });
  boss.on('error', (error) => options.log.warn({ reason: error.message }, 'The job queue reports an error'));
  await boss.start().catch((cause: Error) => {
    throw new ProviderError(
      'QUEUE_DID_NOT_START',
      `The job queue could not be set up: ${cause.message}`,
      'Let the database user create the schema pgboss, or create it for him.',
      { retryable: true, cause },
    );
  });
  await boss.createQueue(deadLetterQueue, { retentionSeconds: 30 * 86_400 });
  for (const name of options.queues) await boss.createQueue(name, queueSettings);
  return queueOver(boss, options.clock ?? { now: () => Date.now() });
}

/** A handler that throws is a defect or a lost database: five more tries over about a minute, then dead. */
const queueSettings = {
  policy: 'short',
  notify: true,
  retryLimit: 5,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 60,
  expireInSeconds: 600,
  deleteAfterSeconds: 3_600,
  deadLetter: deadLetterQueue,
} as const;

/** A delay instead of a time: the queue's clock is the database's, which may differ from the caller's. */
function delayOf(notBefore: number | undefined, { now }: Clock): { startAfter?: string } {
  const delay = (notBefore ?? 0) - now();
  return delay > 0 ? { startAfter: `${delay} milliseconds` } : {};
}

function queueOver(boss: PgBoss, clock: Clock): Queue {
  return {
    send: async (tx, queue, jobs) => {
      if (jobs.length === 0) return;
      const db = { executeSql: (text: string, values?: unknown[]) => tx.query(text, values) };
      await boss.insert(
        queue,
        jobs.map(({ key, data, notBefore }) => ({
          data,
          singletonKey: key,
          ...delayOf(notBefore, clock),
        })),
        { db },
      );
    },
    work: async (queue, { concurrency, pollingSeconds }, handle) => {
      await boss.work(
        queue,
        {
          localConcurrency: concurrency,
          pollingIntervalSeconds: pollingSeconds,
          notifyPollingIntervalSeconds: pollingSeconds,
        },
        async ([job]) => {
          if (job !== undefined) await handle(job.data);
        },
      );
    },
    schedule: async (queue, cron, handle) => {
      await boss.work(queue, { pollingIntervalSeconds: 5 }, handle);
      await boss.schedule(queue, cron);
    },
    stats: async (queue) => {
      const [found] = await boss.getQueueStats(queue, { force: true });
      return {
        waiting: found?.queuedCount ?? 0,
        active: found?.activeCount ?? 0,
        failed: found?.failedCount ?? 0,
      };
    },
    close: async (timeoutMs = 10_000) => {
      await boss.stop({ graceful: true, timeout: timeoutMs });
    },
  };
}

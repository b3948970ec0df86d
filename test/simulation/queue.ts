import type { Queue, QueuedJob } from '../../adapters/pg-boss/index.ts';
import { Heap } from './heap.ts';
import { sessionOf } from './postgres/client.ts';
import { Parked, type Process, type Scheduler } from './scheduler.ts';

interface Job {
  readonly key: string;
  readonly data: unknown;
  readonly notBefore: number;
  readonly attempts: number;
}

interface Waiting {
  readonly created: Map<string, Job>;
  readonly due: Heap<Job>;
  /** Workers that found nothing. */
  readonly idle: (() => void)[];
}

const retryLimit = 5;
const expiresAfter = 600_000;

/**
 * The queue as pg-boss keeps it for us (policy `short`): one waiting job a key, jobs are sent by a commit, a
 * failed one comes again later, and one whose process died comes again when it expires.
 */
export class QueueServer {
  readonly #queues = new Map<string, Waiting>();
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Times are the sender's, who believes it to be `now`: what counts is how long after its present they are. */
  send(queue: string, jobs: readonly QueuedJob[], now: number): void {
    for (const { key, data, notBefore = 0 } of jobs) {
      this.#add(queue, { key, data, notBefore: notBefore - now + this.#scheduler.now, attempts: 0 });
    }
  }

  /** The next job whose time has come, or a parked caller. A process that dies with it gives it back late. */
  take(queue: string, process: Process): Job {
    const waiting = this.#queue(queue);
    const job = waiting.due.pop();
    if (job === undefined) throw new Parked((wake) => waiting.idle.push(wake));
    if (waiting.created.get(job.key) === job) waiting.created.delete(job.key);
    this.#scheduler.at(this.#scheduler.now + expiresAfter, 'queue expires', () => {
      if (!process.alive && this.#running.has(job)) this.fail(queue, job);
    });
    this.#running.add(job);
    return job;
  }

  readonly #running = new Set<Job>();

  complete(job: Job): void {
    this.#running.delete(job);
  }

  fail(queue: string, job: Job): void {
    this.#running.delete(job);
    if (job.attempts >= retryLimit) return;
    const delay = Math.min(60_000, 2_000 * 2 ** job.attempts);
    const again = { ...job, attempts: job.attempts + 1, notBefore: this.#scheduler.now + delay };
    this.#schedule(this.#queue(queue), again);
  }

  #add(queue: string, job: Job): void {
    const waiting = this.#queue(queue);
    if (waiting.created.has(job.key)) return;
    waiting.created.set(job.key, job);
    this.#schedule(waiting, job);
  }

  #schedule(waiting: Waiting, job: Job): void {
    const makeDue = (): void => {
      waiting.due.push(job);
      const { idle } = waiting;
      // Workers of dead processes are woken too and do nothing: wake as many as there are.
      for (const wake of idle.splice(0)) wake();
    };
    if (job.notBefore <= this.#scheduler.now) makeDue();
    else this.#scheduler.at(job.notBefore, 'queue due', makeDue);
  }

  #queue(name: string): Waiting {
    const known = this.#queues.get(name) ?? {
      created: new Map(),
      due: new Heap<Job>((a, b) => a.notBefore - b.notBefore),
      idle: [],
    };
    this.#queues.set(name, known);
    return known;
  }
}

export interface CronJob {
  readonly queue: string;
  readonly cron: string;
  readonly handle: () => Promise<void>;
}

/** The queue as one process sees it. What it schedules by the clock is handed to the world. */
export function simulatedQueue(
  server: QueueServer,
  scheduler: Scheduler,
  process: Process,
  cronJobs: CronJob[],
  now: () => number,
): Queue {
  return {
    send: (tx, queue, jobs) => {
      if (jobs.length === 0) return Promise.resolve();
      const session = sessionOf(tx);
      return scheduler.call(process, 'db send jobs', () => {
        const sent = now();
        if (session === undefined) server.send(queue, jobs, sent);
        else session.atCommit.push(() => server.send(queue, jobs, sent));
      });
    },
    work: async (queue, { concurrency }, handle) => {
      for (let n = 0; n < concurrency; n += 1) void workOn(queue, handle);
    },
    schedule: async (queue, cron, handle) => {
      cronJobs.push({ queue, cron, handle });
    },
    stats: async () => ({ waiting: 0, active: 0, failed: 0 }),
    close: async () => undefined,
  };

  async function workOn(queue: string, handle: (data: unknown) => Promise<void>): Promise<void> {
    for (;;) {
      const job = await scheduler.call(process, `queue take ${queue}`, () => server.take(queue, process));
      try {
        await handle(job.data);
        server.complete(job);
      } catch {
        server.fail(queue, job);
      }
    }
  }
}

import type { Queue } from '../../adapters/pg-boss/index.ts';
import type { Log } from '../../core/ports/system.ts';
import { type HeadPorts, signAuditHeads } from '../evidence/audit-heads.ts';
import { resumeUnfinished } from '../flow/recover.ts';
import type { GithubAccess } from '../github.ts';
import { discoverRepositories } from './discover.ts';
import { type ReconcilePorts, reconcileChanges, reconcileReleases } from './reconcile.ts';
import { type SweepPorts, sweepDeliveries } from './sweep.ts';

export interface JobPorts extends ReconcilePorts, SweepPorts, HeadPorts {
  readonly github: GithubAccess;
}

interface Job {
  readonly queue: string;
  /** When it runs, beside once at the start. */
  readonly cron: string;
  readonly run: (ports: JobPorts, atStart: boolean) => Promise<unknown>;
}

const minute = 60_000;

/** What keeps the Conductor true when webhooks are lost and processes die. */
const jobs: readonly Job[] = [
  {
    queue: 'sweep-deliveries',
    cron: '* * * * *',
    run: (ports, atStart) => sweepDeliveries(ports, atStart ? 0 : ports.now() - 15 * minute),
  },
  {
    queue: 'resume-unfinished',
    cron: '* * * * *',
    run: (ports) => resumeUnfinished(ports.database, ports.queue, ports.now(), minute),
  },
  { queue: 'reconcile-releases', cron: '* * * * *', run: (ports) => reconcileReleases(ports) },
  { queue: 'sign-audit-heads', cron: '41 * * * *', run: (ports) => signAuditHeads(ports) },
  {
    queue: 'reconcile-changes',
    cron: '17 * * * *',
    run: async (ports) => {
      await discoverRepositories(ports.github, ports.database, ports.now());
      await reconcileChanges(ports);
    },
  },
];

export const jobQueues: readonly string[] = jobs.map(({ queue }) => queue);

/** Schedules the jobs on one replica each. */
export async function scheduleJobs(queue: Queue, ports: JobPorts): Promise<void> {
  for (const job of jobs) await queue.schedule(job.queue, job.cron, () => runJob(job, ports, false));
}

/** Runs every job once, in order: what was missed while the app was down. */
export async function runJobsAtStart(ports: JobPorts): Promise<void> {
  for (const job of jobs) await runJob(job, ports, true);
}

/** A job that fails comes again by its schedule; it takes nothing else down. */
async function runJob(job: Job, ports: JobPorts, atStart: boolean): Promise<void> {
  const log: Log = ports.log;
  try {
    await job.run(ports, atStart);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ job: job.queue, reason }, 'A job failed; it runs again by its schedule');
  }
}

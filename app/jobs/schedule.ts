import type { Queue } from '../../adapters/pg-boss/index.ts';
import type { Log } from '../../core/ports/system.ts';
import { type HeadPorts, signAuditHeads } from '../evidence/audit-heads.ts';
import { resumeUnfinished } from '../flow/recover.ts';
import type { GithubAccess } from '../github.ts';
import type { Identity } from '../identity.ts';
import { discoverRepositories } from './discover.ts';
import { forgetWhatIsOver } from './forget.ts';
import {
  type ReconcilePorts,
  reconcileGovernance,
  reconcilePreviews,
  reconcileReleases,
} from './reconcile.ts';
import { reconcileChanges } from './reconcile-changes.ts';
import { reportPreviews } from './report-previews.ts';
import { deliverySweep, type SweepPorts } from './sweep.ts';

export interface JobPorts extends ReconcilePorts, SweepPorts, HeadPorts {
  readonly github: GithubAccess;
  /** Who is who when names change; absent: none does. */
  readonly identity?: Identity;
}

interface Job {
  readonly queue: string;
  /** When it runs, beside once at the start. */
  readonly cron: string;
  readonly run: (ports: JobPorts) => Promise<unknown>;
}

const minute = 60_000;

/** What keeps the Conductor true when webhooks are lost and processes die. */
function jobsOfProcess(): readonly Job[] {
  return [
    { queue: 'sweep-deliveries', cron: '* * * * *', run: deliverySweep() },
    {
      queue: 'resume-unfinished',
      cron: '* * * * *',
      run: (ports) => resumeUnfinished(ports.database, ports.queue, ports.now(), minute),
    },
    {
      queue: 'discover-repositories',
      cron: '17 * * * *',
      run: (ports) => discoverRepositories(ports.github, ports.database, ports.now(), ports.identity),
    },
    { queue: 'reconcile-releases', cron: '* * * * *', run: (ports) => reconcileReleases(ports) },
    { queue: 'sign-audit-heads', cron: '41 * * * *', run: (ports) => signAuditHeads(ports) },
    { queue: 'reconcile-previews', cron: '*/5 * * * *', run: (ports) => reconcilePreviews(ports) },
    {
      queue: 'forget-what-is-over',
      cron: '53 * * * *',
      run: ({ database, now }) => forgetWhatIsOver(database, now()),
    },
    { queue: 'report-previews', cron: '7 * * * *', run: (ports) => reportPreviews(ports) },
    { queue: 'reconcile-governance', cron: '* * * * *', run: sinceLastTime(reconcileGovernance) },
    { queue: 'reconcile-changes', cron: '* * * * *', run: sinceLastTime(reconcileChanges) },
  ];
}

export const jobQueues: readonly string[] = jobsOfProcess().map(({ queue }) => queue);

/** A process begins with every repository, then takes each at its turn; a minute that was missed is made up for. */
function sinceLastTime(look: (ports: JobPorts, since: number) => Promise<void>): Job['run'] {
  let looked = 0;
  return async (ports) => {
    const since = looked;
    // At once: a first round may take longer than a minute, and the next one is not to begin from the start again.
    looked = ports.now();
    await look(ports, since).catch((error: unknown) => {
      looked = since;
      throw error;
    });
  };
}

/** The jobs of one process. */
export interface Jobs {
  /** Schedules each on one replica. */
  schedule(queue: Queue): Promise<void>;
  /** Runs every job once, in order: what was missed while the app was down. */
  runAtStart(): Promise<void>;
}

export function createJobs(ports: JobPorts): Jobs {
  const jobs = jobsOfProcess();
  return {
    schedule: async (queue) => {
      for (const job of jobs) await queue.schedule(job.queue, job.cron, () => runJob(job, ports));
    },
    runAtStart: async () => {
      for (const job of jobs) await runJob(job, ports);
    },
  };
}

/** A job that fails comes again by its schedule; it takes nothing else down. */
async function runJob(job: Job, ports: JobPorts): Promise<void> {
  const log: Log = ports.log;
  const run = async (): Promise<unknown> => job.run(ports);
  try {
    // What a job finds begins a trace of its own: nobody else's work led to it.
    await (ports.tracing === undefined ? run() : ports.tracing.span(`job ${job.queue}`, {}, run));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ job: job.queue, reason }, 'A job failed; it runs again by its schedule');
  }
}

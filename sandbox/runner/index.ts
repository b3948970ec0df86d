import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Log } from '../../core/ports/system.ts';
import type { GithubEvent, GithubForRunner, SandboxRun } from '../contract.ts';
import { changedPathsOf } from './changed-paths.ts';
import { ConcurrencyGroups, concurrencyOf, Slots } from './concurrency.ts';
import { headOf, isDeletion } from './event-facts.ts';
import { describeFailure } from './job/failure.ts';
import type { RepositorySettings } from './job/prepare.ts';
import type { Conclusion, JobRecord, RunRecord } from './record.ts';
import { executeRun, type RunnerParts, runScope } from './run.ts';
import { Snapshots } from './snapshots.ts';
import { type FoundWorkflow, readWorkflows } from './workflow/files.ts';
import { dispatchInputs } from './workflow/inputs.ts';
import type { Workflow } from './workflow/model.ts';
import { isTriggered } from './workflow/triggers.ts';

export type { RepositorySettings } from './job/prepare.ts';
export type { Conclusion, JobRecord, RunRecord, StepAnnotation, StepRecord } from './record.ts';

export interface RunnerOptions {
  readonly github: GithubForRunner;
  /** Folder of this bundle: its root action and `actions/<gate>`. */
  readonly bundleDirectory: string;
  /** Secrets and variables of a repository, asked for each time a run starts. */
  readonly settings?: (repository: string) => RepositorySettings;
  /** Further variables of every process of a job. */
  readonly env?: Readonly<Record<string, string>>;
  readonly log: Log;
}

export interface Runner {
  /** Resolves when no event is being looked at and no run is under way. */
  idle(): Promise<void>;
  /** Every run so far, oldest first, with the log of every finished step. */
  runs(): readonly RunRecord[];
  /** Ends what runs, kills its processes and removes its folders. */
  close(): Promise<void>;
}

/** Executes the workflows of the local GitHub's repositories when their events happen. */
export function startRunner(options: RunnerOptions): Runner {
  return new WorkflowRunner(options);
}

interface MutableRun extends RunRecord {
  status: RunRecord['status'];
  conclusion: Conclusion | null;
  problems: readonly string[];
  jobs: readonly JobRecord[];
}

const noSettings: RepositorySettings = { secrets: {}, variables: {} };

class WorkflowRunner implements Runner {
  readonly #log: Log;
  readonly #root = mkdtempSync(join(tmpdir(), 'sandbox-runner-'));
  readonly #closing = new AbortController();
  readonly #parts: RunnerParts;
  readonly #workflows = new Map<string, Promise<readonly FoundWorkflow[]>>();
  readonly #runs: MutableRun[] = [];
  /** What each run began with, for its next attempt; `workflow` null: a file that cannot run. */
  readonly #begun = new Map<number, { readonly event: GithubEvent; readonly workflow: Workflow | null }>();
  readonly #pending = new Set<Promise<void>>();
  readonly #unsubscribe: () => void;

  constructor(options: RunnerOptions) {
    this.#log = options.log;
    this.#parts = {
      github: options.github,
      snapshots: new Snapshots(options.github, join(this.#root, 'commits')),
      bundleDirectory: options.bundleDirectory,
      directory: join(this.#root, 'jobs'),
      env: options.env ?? {},
      settings: options.settings ?? (() => noSettings),
      groups: new ConcurrencyGroups(),
      slots: new Slots(Math.max(2, availableParallelism())),
      closing: this.#closing.signal,
    };
    const unsubscribe = [
      options.github.subscribe((event) => this.#track(this.#handle(event))),
      options.github.subscribeReruns((_, run) => this.#track(this.#rerun(run))),
    ];
    this.#unsubscribe = () => {
      for (const end of unsubscribe) end();
    };
  }

  runs(): readonly RunRecord[] {
    return this.#runs;
  }

  async idle(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    this.#closing.abort();
    await this.idle();
    await rm(this.#root, { recursive: true, force: true, maxRetries: 3 });
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work
      .catch((error: unknown) => this.#log.error({ error: describeFailure(error) }, 'workflow event failed'))
      .finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }

  async #handle(event: GithubEvent): Promise<void> {
    if (isDeletion(event) || this.#closing.signal.aborted) return;
    for (const file of await this.#workflowsAt(event.repository, event.sha)) {
      if (file.workflow === null) {
        if (file.events.includes(event.name))
          this.#track(this.#fail(event, file.path, file.path, file.problems));
        continue;
      }
      const changed = () => changedPathsOf(event, this.#parts.snapshots);
      if (!(await isTriggered(file.workflow, event, changed))) continue;
      if (file.problems.length === 0) this.#track(this.#execute(event, file.workflow));
      else this.#track(this.#fail(event, file.path, file.workflow.name, file.problems));
    }
  }

  #workflowsAt(repository: string, sha: string): Promise<readonly FoundWorkflow[]> {
    const key = `${repository}@${sha}`;
    const known = this.#workflows.get(key);
    if (known !== undefined) return known;
    const found = this.#readWorkflows(repository, sha);
    this.#workflows.set(key, found);
    found.catch(() => this.#workflows.delete(key));
    return found;
  }

  async #readWorkflows(repository: string, sha: string): Promise<readonly FoundWorkflow[]> {
    const found = await readWorkflows(await this.#parts.snapshots.directoryOf(repository, sha));
    for (const { path, workflow } of found) {
      if (workflow?.triggers.schedule !== undefined) {
        this.#log.info({ repository, path }, 'the sandbox has no schedule: this trigger never fires');
      }
    }
    return found;
  }

  /** The same event and the same file as the first attempt, as GitHub does. */
  async #rerun(run: SandboxRun): Promise<void> {
    const begun = this.#begun.get(run.id);
    if (begun === undefined) return;
    const record = this.#record(begun.event, run);
    if (begun.workflow !== null) await this.#perform(begun.event, begun.workflow, record);
    else await this.#finish(begun.event, record, 'failure');
  }

  async #execute(event: GithubEvent, workflow: Workflow): Promise<void> {
    const record = await this.#open(event, workflow.path, workflow.name, workflow);
    await this.#perform(event, workflow, record);
  }

  async #perform(event: GithubEvent, workflow: Workflow, record: MutableRun): Promise<void> {
    const cancel = new AbortController();
    const { run } = record;
    const runNumber = new Set(
      this.#runs.filter((other) => other.run.path === workflow.path).map((other) => other.run.id),
    ).size;
    const request = {
      parts: this.#parts,
      event,
      workflow,
      run,
      runNumber,
      cancel,
      onJob: (job: JobRecord) => {
        record.jobs = [...record.jobs, job];
      },
    };
    let release: (() => void) | null = null;
    try {
      const scope = runScope(request, dispatchInputs(workflow, event));
      const setting = concurrencyOf(workflow.concurrency, scope);
      if (setting !== null) {
        const key = `${event.repository}\n${setting.group}`;
        release = await this.#parts.groups.acquire(key, setting.cancelInProgress, cancel);
        if (release === null) return await this.#finish(event, record, 'cancelled');
      }
      record.status = 'in_progress';
      await this.#parts.github.updateRun(event.repository, run.id, 'in_progress', null);
      await this.#finish(event, record, await executeRun(request));
    } catch (error) {
      record.problems = [...record.problems, describeFailure(error)];
      await this.#finish(event, record, 'failure');
    } finally {
      release?.();
    }
  }

  async #fail(event: GithubEvent, path: string, name: string, problems: readonly string[]): Promise<void> {
    const record = await this.#open(event, path, name, null);
    record.problems = problems;
    this.#log.warn({ repository: event.repository, path, problems }, 'workflow cannot run');
    await this.#finish(event, record, 'failure');
  }

  async #open(
    event: GithubEvent,
    path: string,
    name: string,
    workflow: Workflow | null,
  ): Promise<MutableRun> {
    const head = headOf(event);
    const description: Omit<SandboxRun, 'id' | 'attempt'> = {
      path,
      name,
      headSha: head.sha,
      headBranch: head.branch,
      event: event.name,
    };
    const run = await this.#parts.github.createRun(event.repository, description);
    this.#begun.set(run.id, { event, workflow });
    return this.#record(event, run);
  }

  #record(event: GithubEvent, run: SandboxRun): MutableRun {
    const record: MutableRun = {
      run,
      repository: event.repository,
      status: 'queued',
      conclusion: null,
      problems: [],
      jobs: [],
    };
    this.#runs.push(record);
    return record;
  }

  async #finish(event: GithubEvent, record: MutableRun, conclusion: Conclusion): Promise<void> {
    record.conclusion = conclusion;
    record.status = 'completed';
    this.#log.info(
      { run: record.run.id, path: record.run.path, event: event.name, conclusion },
      'workflow run ended',
    );
    await this.#parts.github.updateRun(event.repository, record.run.id, 'completed', conclusion);
  }
}

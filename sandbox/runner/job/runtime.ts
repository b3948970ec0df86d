import type { GithubForRunner } from '../../contract.ts';
import type { Scope } from '../expressions/evaluate.ts';
import { hashFilesFunction, type Status, statusFunctions } from '../expressions/functions.ts';
import type { Conclusion, StepAnnotation, StepRecord } from '../record.ts';
import type { Snapshots } from '../snapshots.ts';
import type { RunDefaults, Step } from '../workflow/model.ts';
import type { Masks } from './masks.ts';
import type { ProcessGroups } from './process.ts';
import type { StepLog } from './step-log.ts';

export interface JobDirectories {
  readonly root: string;
  readonly workspace: string;
  readonly temp: string;
  readonly home: string;
}

/** Everything that the steps of one job share. */
export interface JobRuntime {
  readonly github: GithubForRunner;
  readonly snapshots: Snapshots;
  readonly bundleDirectory: string;
  readonly repository: string;
  readonly token: string;
  readonly directories: JobDirectories;
  readonly masks: Masks;
  readonly processes: ProcessGroups;
  /** The contexts that stay the same for the whole job: github, vars, secrets, needs, runner, inputs. */
  readonly contexts: Readonly<Record<string, unknown>>;
  /** Variables that no workflow can overwrite: `GITHUB_*`, `RUNNER_*`, the OIDC request. */
  readonly fixedEnv: Readonly<Record<string, string>>;
  /** PATH, HOME and the like. */
  readonly baseEnv: Readonly<Record<string, string>>;
  /** Written to `GITHUB_ENV` and `GITHUB_PATH` by earlier steps. */
  readonly exportedEnv: Record<string, string>;
  readonly exportedPath: string[];
  readonly annotations: StepAnnotation[];
  readonly summaries: string[];
  readonly records: StepRecord[];
  readonly posts: PostStep[];
  /** `GITHUB_STATE` of each use of an action, shared by its pre, main and post. */
  readonly states: WeakMap<Step, Map<string, string>>;
  /** Aborted when the job is cancelled or out of time: running steps are ended, `always()` steps still run. */
  readonly cancelled: AbortSignal;
  /** Aborted when the runner closes: nothing runs any more. */
  readonly closing: AbortSignal;
}

/** A deferred `post` of an action, run in reverse order when the steps are over. */
export interface PostStep {
  readonly name: string;
  readonly condition: string;
  run(log: StepLog, signal: AbortSignal): Promise<Conclusion>;
}

export interface StepResult {
  readonly outputs: Readonly<Record<string, string>>;
  readonly outcome: Conclusion;
  readonly conclusion: Conclusion;
}

/** The surroundings of a sequence of steps: those of a job, or of a composite action inside it. */
export interface Frame {
  readonly steps: Record<string, StepResult>;
  readonly inputs: unknown;
  readonly env: Readonly<Record<string, string>>;
  readonly defaults: RunDefaults;
  /** Folder of the composite action; null at the level of the job. */
  readonly actionPath: string | null;
  status: Status;
}

/** One step while it runs. */
export interface StepCall {
  readonly runtime: JobRuntime;
  readonly frame: Frame;
  readonly env: Readonly<Record<string, string>>;
  readonly log: StepLog;
  readonly signal: AbortSignal;
}

/** What a step did. */
export interface StepExecution {
  readonly succeeded: boolean;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What expressions inside a frame may see. */
export function scopeOf(runtime: JobRuntime, frame: Frame, env: Readonly<Record<string, string>>): Scope {
  const github =
    frame.actionPath === null
      ? runtime.contexts.github
      : {
          ...(runtime.contexts.github as object),
          action_path: frame.actionPath,
          action_status: frame.status,
        };
  return {
    contexts: {
      ...runtime.contexts,
      github,
      env,
      inputs: frame.inputs,
      steps: frame.steps,
      job: { status: frame.status },
    },
    functions: [...statusFunctions(frame.status), hashFilesFunction(runtime.directories.workspace)],
  };
}

/** The state of one use of an action. */
export function stateOf(runtime: JobRuntime, step: Step): Map<string, string> {
  const known = runtime.states.get(step) ?? new Map<string, string>();
  runtime.states.set(step, known);
  return known;
}

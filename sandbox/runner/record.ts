import type { SandboxRun } from '../contract.ts';

export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped';

/** A message that a step attached to a place, as GitHub shows it on the run and the pull request. */
export interface StepAnnotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title: string | null;
  readonly path: string | null;
  readonly line: number | null;
  readonly endLine: number | null;
  readonly column: number | null;
}

/** A message without a place. */
export function annotation(level: StepAnnotation['level'], message: string): StepAnnotation {
  return { level, message, title: null, path: null, line: null, endLine: null, column: null };
}

export interface StepRecord {
  readonly name: string;
  /** Result before `continue-on-error`. */
  readonly outcome: Conclusion;
  readonly conclusion: Conclusion;
  /** Masked, at most 1 MiB. */
  readonly log: string;
  readonly durationMs: number;
}

export interface JobRecord {
  readonly id: string;
  readonly name: string;
  readonly conclusion: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly StepRecord[];
  readonly annotations: readonly StepAnnotation[];
  /** Markdown of `GITHUB_STEP_SUMMARY`, of all steps. */
  readonly summary: string;
}

/** One execution of one workflow file. `problems` say why a run failed before, or beside, its jobs. */
export interface RunRecord {
  readonly run: SandboxRun;
  readonly repository: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  readonly conclusion: Conclusion | null;
  readonly problems: readonly string[];
  readonly jobs: readonly JobRecord[];
}

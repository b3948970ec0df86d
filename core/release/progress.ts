import type { JudgeLog } from '../canary/record.ts';
import type { JudgeState } from '../canary/state.ts';
import type { CanaryVerdict } from '../canary/verdict.ts';

/** The deployment that is under way or was the last one. Steps: 0 is the stage, n is the nth rung of the ladder. */
export interface Deployment {
  /** `deploy/<n>` is its effect. */
  readonly n: number;
  readonly task: 'promote' | 'rollback';
  readonly environment: string;
  readonly step: number;
  readonly weight: number;
  readonly version: string;
  readonly githubId: number | null;
  readonly status: 'requested' | 'running' | 'success' | 'failure';
}

/** The pipeline has said how it ended; nothing it says later counts. */
export function isOver({ status }: Deployment): boolean {
  return status === 'success' || status === 'failure';
}

/** What the pipeline last confirmed in a production environment. Whatever is newer there was not ordered. */
export interface Confirmed {
  readonly environment: string;
  /** The deployment on GitHub. */
  readonly githubId: number;
  readonly version: string;
  /** Percent of the environment's traffic for `version`. */
  readonly weight: number;
}

/** The way back of a release that has reached several production environments; they go back one after the other. */
export interface Restoring {
  readonly left: readonly string[];
  readonly failed: readonly string[];
}

/** A report of a deployment whose number we have not been told yet. */
export interface EarlyReport {
  readonly deploymentId: number;
  readonly environment: string;
  readonly state: string;
  readonly description: string;
}

export interface Measuring {
  readonly step: number;
  readonly environment: string;
  /** The tick whose answer is awaited; numbers are never used twice in a release. */
  readonly tick: number;
  /** Answers seen at this step. */
  readonly seen: number;
  readonly judge: JudgeState;
  /** What the judge saw in this step, for the evidence. */
  readonly log: JudgeLog;
  readonly verdict: CanaryVerdict;
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
  readonly values: Readonly<Record<string, number>>;
}

/** How the Conductor's own attempts to take this step went. */
export interface Advance {
  readonly refused: number;
  /** ms since the epoch. */
  readonly notBefore: number;
}

export const notRefused: Advance = { refused: 0, notBefore: 0 };

/** The way from the final soak to GA; `attempt` makes each try's effects its own. */
export interface Finishing {
  readonly outcome: 'ga' | 'rolled-back';
  readonly stage: 'packing' | 'attaching' | 'publishing' | 'done';
  readonly attempt: number;
  readonly sha256: string | null;
  readonly bundleSha256: string | null;
}

import type { CheckName } from './names.ts';

export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
}

/** Runs a workflow run of ours again, for new results of its gates. */
export interface RerunOrder {
  readonly kind: 'rerunWorkflow';
  readonly runId: number;
  /** Absent: decided by a version that did not tell. */
  readonly since?: RerunSince;
}

export interface RerunSince {
  /** Ms since the epoch: an attempt that began later is the one that was asked for. */
  readonly at: number;
  /** The attempt whose results do not count any more. */
  readonly attempt: number;
}

/** What is done about checks and the results behind them. */
export type CheckEffect =
  | {
      readonly kind: 'publishCheck';
      readonly sha: string;
      readonly name: CheckName;
      readonly status: 'queued' | 'in_progress' | 'completed';
      readonly conclusion: 'success' | 'failure' | 'neutral' | 'action_required' | 'cancelled' | null;
      readonly title: string;
      readonly summary: string;
      readonly annotations: readonly Annotation[];
    }
  /** Takes in what a run left in artifacts. Settles with `{ accepted, refused }`; results arrive as `gate.reported`. */
  | { readonly kind: 'collectResults'; readonly runId: number; readonly sha: string }
  | RerunOrder;

import type { GateName } from '../gate/names.ts';

/** Why nothing may be promoted, until `/resume`. */
export interface Hold {
  readonly code: HoldCode;
  readonly reason: string;
  readonly by: string;
  /** ms since the epoch. */
  readonly since: number;
}

export type HoldCode =
  | 'MANUAL'
  | 'NO_DATA'
  | 'DEADLINE_PASSED'
  | 'BASELINE_UNHEALTHY'
  | 'GATE_FAILED'
  | 'SLO_BURN'
  | 'TRAFFIC_DIFFERS'
  | 'SECURITY'
  | 'DATA_INTEGRITY'
  | 'STAGE_DEPLOYMENT_FAILED'
  | 'STAGE_BREACH'
  | 'CANARY_BREACH'
  | 'DEPLOYMENT_FAILED'
  | 'ROLLED_BACK_BY_COMMAND'
  | 'ROLLBACK_FAILED'
  | 'NO_VERIFIED_VERSION'
  | 'TAG_MOVED'
  | 'SUPERSEDED'
  | 'DRAFT_FAILED'
  | 'EVIDENCE_FAILED';

/**
 * The newest word of this release's people about the lock of production. The newest over all releases of one way
 * holds, whichever issue it was written in.
 */
export interface LockNote {
  readonly state: 'held' | 'free';
  readonly owner: string;
  readonly reason: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly until: number;
}

/** A release that had to go back. Nothing else is promoted until a person says that it is resolved. */
export interface Failure {
  readonly reason: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly resolvedBy: string | null;
}

/** A gate that people let this release pass for a while although it is not green. */
export interface Override {
  readonly n: number;
  readonly gate: GateName;
  readonly reason: string;
  readonly by: string;
  readonly approvedBy: readonly string[];
  /** ms since the epoch. */
  readonly at: number;
  readonly until: number;
}

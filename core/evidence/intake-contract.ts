import type { ResultOrigin } from '../flow/event.ts';
import type { GateResult } from '../gate/result.ts';
import type { OidcClaims } from './claims.ts';

export type IntakeCode =
  | 'REPOSITORY_MISMATCH'
  | 'FORK_RUN'
  | 'EVENT_NOT_ALLOWED'
  | 'RUN_MISMATCH'
  | 'OLD_ATTEMPT'
  | 'OTHER_COMMIT'
  | 'WORKFLOW_MALFORMED'
  | 'WORKFLOW_NOT_TRUSTED'
  | 'WORKFLOW_NOT_PINNED'
  | 'WORKFLOW_CHANGED'
  | 'OTHER_CONFIG'
  | 'ORGANISATION_UNREAD'
  | 'RESULT_MALFORMED'
  | 'SECRET_IN_RESULT'
  | 'RESULT_FROM_THE_FUTURE'
  | 'FILES_MISMATCH';

export interface Refusal {
  readonly code: IntakeCode;
  readonly message: string;
  readonly help: string;
  /** HTTP status of the answer. */
  readonly status: 403 | 409 | 422;
}

export type IntakeDecision = { readonly accept: ResultOrigin } | { readonly refuse: Refusal };

export interface IntakeInput {
  /** Claims of a token whose signature, issuer, audience and times were verified. */
  readonly claims: OidcClaims;
  /** What the API says about run `claims.run_id` of `claims.repository`. */
  readonly run: {
    readonly repository: string;
    readonly headRepository: string;
    readonly headSha: string;
    readonly event: string;
    readonly path: string;
    readonly attempt: number;
  };
  readonly config: {
    /** `trusted_workflows` of the config on the base branch. */
    readonly trustedWorkflows: readonly string[];
    /** Digest that the result must have been computed with; null when the caller cannot tell. */
    readonly sha256: string | null;
    /** Digest of who did not read the config of the organisation; null or absent: there is none. */
    readonly ownSha256?: string | null;
  };
  readonly result: GateResult;
  /** Full refs whose own workflow files count as they are: the default branch, the base branch of the change. */
  readonly baseRefs: readonly string[];
  /**
   * True when the workflow file at `claims.workflow_sha` has the bytes that it has on the base branch, or that
   * commit is part of the base branch. Null: could not be found out, which counts as changed.
   */
  readonly workflowUnchanged: boolean | null;
  /** ms since the epoch. */
  readonly now: number;
}

/** A result that was found in an artifact of a run. */
export interface ArtifactIntakeInput
  extends Pick<IntakeInput, 'config' | 'result' | 'baseRefs' | 'workflowUnchanged' | 'now'> {
  /** What the API says about the run. */
  readonly run: IntakeInput['run'] & {
    readonly id: number;
    /** When its latest attempt began, ms since the epoch. */
    readonly startedAt: number;
  };
  /** True when the workflow file names actions or workflows of the checked-out change. */
  readonly hasLocalSteps: boolean;
}

export function refuse(status: Refusal['status'], code: IntakeCode, message: string, help: string): Refusal {
  return { status, code, message, help };
}

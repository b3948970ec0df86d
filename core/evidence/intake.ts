import type { ResultOrigin } from '../flow/event.ts';
import type { GateResult } from '../gate/result.ts';
import type { OidcClaims } from './claims.ts';
import { findSecrets } from './secrets.ts';
import {
  isSameFile,
  parseTrustedWorkflow,
  parseWorkflowRef,
  type WorkflowIdentity,
} from './workflow-identity.ts';

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

/**
 * Events whose runs may report. `pull_request_target`, `issue_comment` and `workflow_run` are not among them:
 * they run with secrets on the base branch's commit, so what they checked out is not what their token says.
 */
const reportingEvents = new Set([
  'pull_request',
  'push',
  'merge_group',
  'create',
  'deployment',
  'deployment_status',
  'workflow_dispatch',
]);

/** Clock difference between a runner and us that is tolerated, ms. */
const maxSkew = 120_000;

/**
 * Decides whether a submitted gate result is believed (DESIGN section 3). Everything is compared exactly, an
 * unknown is a refusal, and the first reason found is given.
 */
export function decideIntake(input: IntakeInput): IntakeDecision {
  const refusal =
    checkRepository(input) ??
    checkRun(input) ??
    checkCommit(input) ??
    checkWorkflow(input) ??
    checkConfig(input) ??
    checkContent(input);
  return refusal === null ? { accept: originOf(input) } : { refuse: refusal };
}

function checkRepository({ claims, run, result }: IntakeInput): Refusal | null {
  if (result.subject.repository !== claims.repository || run.repository !== claims.repository) {
    return refuse(
      403,
      'REPOSITORY_MISMATCH',
      `the token is of ${claims.repository}, the result of ${result.subject.repository}, the run of ${run.repository}`,
      'submit results from a workflow of the same repository',
    );
  }
  if (run.headRepository === run.repository) return null;
  return refuse(
    403,
    'FORK_RUN',
    `the run's head is in ${run.headRepository}, a fork of ${run.repository}`,
    'results of forks do not count; push the branch to the repository itself',
  );
}

function checkRun({ claims, run }: IntakeInput): Refusal | null {
  if (claims.event_name !== run.event || parseWorkflowRef(claims.workflow_ref)?.path !== filePart(run.path)) {
    return refuse(
      403,
      'RUN_MISMATCH',
      `the token is of ${claims.event_name} in ${claims.workflow_ref}, run ${claims.run_id} of ${run.event} in ${run.path}`,
      'request the token inside the job that submits the result',
    );
  }
  if (!reportingEvents.has(claims.event_name)) {
    return refuse(
      403,
      'EVENT_NOT_ALLOWED',
      `a run of ${claims.event_name} may not report gate results`,
      `trigger the workflow by one of: ${[...reportingEvents].join(', ')}`,
    );
  }
  if (claims.run_attempt === run.attempt) return null;
  return refuse(
    409,
    'OLD_ATTEMPT',
    `the token is of attempt ${claims.run_attempt}, the run's latest attempt is ${run.attempt}`,
    'only the latest attempt counts; re-run the job',
  );
}

function checkCommit({ claims, run, result }: IntakeInput): Refusal | null {
  // On pull_request the token's sha is the test merge; the API's head_sha is the branch's commit.
  const expected = claims.event_name === 'pull_request' || claims.sha === run.headSha ? run.headSha : null;
  if (expected === result.subject.sha) return null;
  return refuse(
    422,
    'OTHER_COMMIT',
    `the result is for ${result.subject.sha}, the run for ${run.headSha}, the token for ${claims.sha}`,
    'evaluate the head commit of the run; for a pull request the head of its branch, not the test merge',
  );
}

function checkWorkflow(input: IntakeInput): Refusal | null {
  const text = input.claims.job_workflow_ref ?? input.claims.workflow_ref;
  const identity = parseWorkflowRef(text);
  if (identity === null) {
    return refuse(
      403,
      'WORKFLOW_MALFORMED',
      `expected owner/repo/.github/workflows/file.yml@ref, found ${JSON.stringify(text.slice(0, 200))}`,
      'submit from a workflow file of a repository',
    );
  }
  const own = input.claims.repository;
  const listed = input.config.trustedWorkflows
    .map((line) => parseTrustedWorkflow(line, own))
    .filter((trusted) => trusted !== null && isSameFile(identity, trusted));
  if (listed.length === 0) {
    return refuse(
      403,
      'WORKFLOW_NOT_TRUSTED',
      `${identity.repository}/${identity.path} is not among trusted_workflows`,
      'add the file to trusted_workflows in .github/release-conductor.yml on the default branch',
    );
  }
  if (listed.some((trusted) => trusted?.ref === identity.ref)) return null;
  return listed.some((trusted) => trusted?.ref === null)
    ? checkUnpinned(input, identity)
    : refuse(
        403,
        'WORKFLOW_NOT_TRUSTED',
        `${identity.path} is trusted at another ref than ${identity.ref}`,
        'use the ref that trusted_workflows names, or change the line',
      );
}

/** A line without a ref trusts what the base branch holds, and nothing of other repositories. */
function checkUnpinned(input: IntakeInput, identity: WorkflowIdentity): Refusal | null {
  if (identity.repository.toLowerCase() !== input.claims.repository.toLowerCase()) {
    return refuse(
      403,
      'WORKFLOW_NOT_PINNED',
      `${identity.repository}/${identity.path} is in another repository and trusted without a ref`,
      `write ${identity.repository}/${identity.path}@refs/tags/… or @<commit> into trusted_workflows`,
    );
  }
  if (input.baseRefs.includes(identity.ref) || input.workflowUnchanged === true) return null;
  return refuse(
    403,
    'WORKFLOW_CHANGED',
    input.workflowUnchanged === null
      ? `could not compare ${identity.path} at ${identity.ref} with the base branch`
      : `${identity.path} at ${identity.ref} differs from the base branch`,
    'a change may not judge itself: merge the change of the workflow first, in a pull request of its own',
  );
}

function checkConfig({ config, result }: IntakeInput): Refusal | null {
  if (config.sha256 === null || config.sha256 === result.inputs.config_sha256) return null;
  return refuse(
    403,
    'OTHER_CONFIG',
    `the gate ran with config ${result.inputs.config_sha256}, the base branch has ${config.sha256}`,
    'gates read the config of the base branch; update the branch and run again',
  );
}

function checkContent({ result, now }: IntakeInput): Refusal | null {
  if (
    Date.parse(result.finished_at) > now + maxSkew ||
    Date.parse(result.started_at) > Date.parse(result.finished_at)
  ) {
    return refuse(
      422,
      'RESULT_FROM_THE_FUTURE',
      `the result ran from ${result.started_at} to ${result.finished_at}, it is ${new Date(now).toISOString()}`,
      "correct the runner's clock",
    );
  }
  const secret = findSecrets(JSON.stringify(result))[0];
  if (secret === undefined) return null;
  return refuse(
    422,
    'SECRET_IN_RESULT',
    `the result holds what looks like ${secret.kind}`,
    'revoke the secret, and keep it out of findings and measurements',
  );
}

function originOf({ claims, now }: IntakeInput): ResultOrigin {
  const reusable = claims.job_workflow_ref !== undefined && claims.job_workflow_sha !== undefined;
  return {
    via: 'oidc',
    runId: claims.run_id,
    runAttempt: claims.run_attempt,
    workflowRef: claims.job_workflow_ref ?? claims.workflow_ref,
    workflowSha: reusable ? (claims.job_workflow_sha as string) : claims.workflow_sha,
    receivedAt: now,
  };
}

/** The API gives `path` with or without `@ref`. */
function filePart(path: string): string {
  return path.split('@')[0] ?? path;
}

function refuse(status: Refusal['status'], code: IntakeCode, message: string, help: string): Refusal {
  return { status, code, message, help };
}

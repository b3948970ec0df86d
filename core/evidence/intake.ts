import type { ResultOrigin } from '../flow/event.ts';
import { type IntakeDecision, type IntakeInput, type Refusal, refuse } from './intake-contract.ts';
import { checkWorkflow } from './intake-workflow.ts';
import { findSecrets } from './secrets.ts';
import { parseWorkflowRef } from './workflow-identity.ts';

export type { IntakeCode, IntakeDecision, IntakeInput, Refusal } from './intake-contract.ts';

/**
 * Events whose runs may report. `pull_request_target`, `issue_comment` and `workflow_run` are not among them:
 * they run with secrets on the base branch's commit, so what they checked out is not what their token says.
 */
export const reportingEvents: ReadonlySet<string> = new Set([
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
 * Decides whether a submitted gate result is believed. Everything is compared exactly, an
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
  if (claims.event_name !== run.event || fileOf(claims) !== filePart(run.path)) {
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

export function checkConfig({ config, result }: Pick<IntakeInput, 'config' | 'result'>): Refusal | null {
  if (config.sha256 === null || config.sha256 === result.inputs.config_sha256) return null;
  if (config.ownSha256 === result.inputs.config_sha256) {
    return refuse(
      403,
      'ORGANISATION_UNREAD',
      'the gate ran without the config of the organisation, which holds here and may be stricter',
      'let the job ask for it (conductor-url, and `id-token: write`); a job for a fork gets no token: make the .github repository of the organisation public, or push the branch into the repository itself',
    );
  }
  return refuse(
    403,
    'OTHER_CONFIG',
    `the gate ran with config ${result.inputs.config_sha256}, the base branch has ${config.sha256}`,
    'gates read the config of the base branch; update the branch and run again',
  );
}

export function checkContent({ result, now }: Pick<IntakeInput, 'result' | 'now'>): Refusal | null {
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
  if (!isStorable(result)) {
    return refuse(
      422,
      'RESULT_MALFORMED',
      `the result holds invalid Unicode, a NUL character, or more than ${maxDepth} nested levels`,
      'remove it from findings and measurements',
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

const maxDepth = 64;

/**
 * Lone surrogates have no UTF-8, Postgres keeps no NUL, and deep nesting overflows what serialises it: such a
 * result cannot be hashed and stored as it came.
 */
function isStorable(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000');
  if (value === null || typeof value !== 'object') return true;
  return (
    depth < maxDepth &&
    Object.entries(value).every(([key, member]) => isStorable(key) && isStorable(member, depth + 1))
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
    event: claims.event_name,
    receivedAt: now,
  };
}

/** The file that ran. A deployment that was made for a commit has no ref, and nothing may follow the `@`. */
function fileOf({ workflow_ref: text, sha }: IntakeInput['claims']): string | undefined {
  return parseWorkflowRef(text.endsWith('@') ? `${text}${sha}` : text)?.path;
}

/** The API gives `path` with or without `@ref`. */
function filePart(path: string): string {
  return path.split('@')[0] ?? path;
}

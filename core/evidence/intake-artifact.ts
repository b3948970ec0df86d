import type { ResultOrigin } from '../flow/event.ts';
import { checkConfig, checkContent, reportingEvents } from './intake.ts';
import { type ArtifactIntakeInput, type IntakeDecision, type Refusal, refuse } from './intake-contract.ts';
import { checkWorkflow } from './intake-workflow.ts';

/**
 * Decides whether a gate result is believed that a run left in an artifact, because it got no identity token or could
 * not reach us. What speaks for it is the API alone: this run, of this unchanged workflow, at this commit, uploaded
 * these bytes. Any job of the run may have uploaded them, so code of the change that such a job executes may have, too:
 * it never counts for more than a result with a token, and of a fork never for a release.
 */
export function decideArtifactIntake(input: ArtifactIntakeInput): IntakeDecision {
  const refusal =
    checkRun(input) ??
    checkWorkflow({ ...input, claims: identityOf(input) }) ??
    checkLocalSteps(input) ??
    checkConfig(input) ??
    checkContent(input);
  return refusal === null ? { accept: originOf(input) } : { refuse: refusal };
}

function checkRun({ run, result }: ArtifactIntakeInput): Refusal | null {
  const { repository, sha } = result.subject;
  if (run.repository !== repository) {
    return refuse(
      403,
      'REPOSITORY_MISMATCH',
      `the run is of ${run.repository}, the result of ${repository}`,
      'upload results from a workflow of the same repository',
    );
  }
  const allowed = isFork(run) ? run.event === 'pull_request' : reportingEvents.has(run.event);
  if (!allowed) {
    return refuse(
      403,
      'EVENT_NOT_ALLOWED',
      `a run of ${run.event}${isFork(run) ? ' for a fork' : ''} may not report gate results`,
      'trigger the workflow by pull_request',
    );
  }
  if (run.headSha !== sha) {
    return refuse(
      422,
      'OTHER_COMMIT',
      `the result is for ${sha}, the run for ${run.headSha}`,
      'evaluate the head commit of the run; for a pull request the head of its branch, not the test merge',
    );
  }
  if (Date.parse(result.finished_at) >= run.startedAt - maxSkew) return null;
  return refuse(
    409,
    'OLD_ATTEMPT',
    `the result is of ${result.finished_at}, this attempt of the run began later`,
    'only the latest attempt counts; re-run the job',
  );
}

/** Clock difference between a runner and GitHub that is tolerated, ms. */
const maxSkew = 120_000;

/** Steps of a workflow that is unchanged may still name actions and workflows that the change itself holds. */
function checkLocalSteps({ run, hasLocalSteps }: ArtifactIntakeInput): Refusal | null {
  if (!hasLocalSteps || !isFork(run)) return null;
  return refuse(
    403,
    'WORKFLOW_NOT_PINNED',
    `${run.path} uses actions or workflows of the checked-out change (uses: ./…)`,
    'use published actions by commit in workflows that judge forks',
  );
}

/** The run as a token would name it. The commit stands for the ref: only a file that equals the base's is trusted. */
function identityOf({ run }: ArtifactIntakeInput) {
  return { repository: run.repository, workflow_ref: workflowRefOf(run) };
}

function originOf({ run, now }: ArtifactIntakeInput): ResultOrigin {
  return {
    via: 'artifact',
    runId: run.id,
    runAttempt: run.attempt,
    workflowRef: workflowRefOf(run),
    workflowSha: run.headSha,
    receivedAt: now,
    ...(isFork(run) ? { fork: run.headRepository } : {}),
  };
}

function workflowRefOf({ repository, path, headSha }: ArtifactIntakeInput['run']): string {
  return `${repository}/${path.split('@')[0] ?? path}@${headSha}`;
}

function isFork({ repository, headRepository }: ArtifactIntakeInput['run']): boolean {
  return repository !== headRepository;
}

import type { Finding } from '../../../core/gate/result.ts';
import { expandedScript, scopeOf } from '../expressions.ts';
import { type PrivilegedRun, privilegedRuns } from '../privileged.ts';
import type { Job, Workflow } from '../workflow.ts';
import type { PolicyRule } from './rule.ts';

export const runnerTrust: PolicyRule = {
  codes: ['foreign-artifact-executed', 'foreign-value-in-environment', 'self-hosted-runner'],
  protects:
    'What a stranger’s run leaves behind, in an artifact, a variable or a machine, is executed by a run with rights.',
  *check({ workflows }) {
    for (const run of privilegedRuns(workflows)) {
      for (const job of run.workflow.jobs) {
        yield* artifacts(run, job);
        yield* environment(run, job);
      }
    }
    for (const read of workflows) if (read.ok) yield* selfHosted(read.workflow);
  },
};

const downloads =
  /^(actions\/download-artifact|dawidd6\/action-download-artifact|aochmann\/actions-download-artifact|marcofaggian\/action-download-multiple-artifacts)@/;
const downloadCommand = /gh\s+run\s+download|\/actions\/(artifacts|runs)\/\S*|artifacts_url/;
/** Commands that run, or let later steps run, what lies in the folder. */
const executes =
  /(^|[\n;&|(]\s*)(sudo\s+)?((ba|z)?sh|source|\.|node|python3?|ruby|perl|php|npm|npx|yarn|pnpm|make|pip3?|cargo|go|mvn|gradle|docker|chmod\s+\+x|\.\/\S+|\.\.\/\S+)(\s|$)|>>\s*"?\$\{?GITHUB_(ENV|PATH)/;

/** On `workflow_run` an artifact may come from a run over anybody's code: it is data, and not code. */
function* artifacts({ workflow, trigger }: PrivilegedRun, job: Job): Generator<Finding> {
  if (trigger !== 'workflow_run') return;
  const from = job.steps.findIndex(
    (step) => downloads.test(step.uses?.text ?? '') || downloadCommand.test(step.run?.text ?? ''),
  );
  if (from < 0) return;
  const use = job.steps.slice(from).find(({ run }) => executes.test(run?.text ?? ''));
  if (use === undefined) return;
  yield {
    code: 'foreign-artifact-executed',
    level: job.steps[from] === use ? 'warning' : 'error',
    message:
      'On `workflow_run` this job downloads an artifact, which may be a stranger’s, and then runs what may lie in it or hands it to later steps.',
    help: 'Unpack it into a folder of its own below $RUNNER_TEMP, read only the values that are expected, and check each of them.',
    path: workflow.path,
    line: use.line,
  };
}

const written =
  /github\.head_ref|github\.event\.(issue|pull_request|comment|discussion|review|workflow_run|head_commit)\.[\w.]*(title|body|message|label|ref|name|head_branch|display_title)\b/;

/** A value with a line break in it sets further variables, such as LD_PRELOAD. */
function* environment({ workflow, inputs }: PrivilegedRun, job: Job): Generator<Finding> {
  for (const step of job.steps) {
    const scope = scopeOf(workflow, job, step, inputs);
    for (const [line] of (step.run?.text ?? '').matchAll(/[^\n]*>>\s*"?\$\{?GITHUB_(?:ENV|PATH)\b[^\n]*/g)) {
      if (!written.test(expandedScript(line, scope))) continue;
      yield {
        code: 'foreign-value-in-environment',
        level: 'error',
        message:
          'A text that a stranger writes is put into the environment of all later steps: a line break in it sets any variable.',
        help: 'Give it to the steps that need it under `env:`, or remove everything but the characters that are expected.',
        path: workflow.path,
        line: step.run?.line(line) ?? step.line,
      };
    }
  }
}

const ofPullRequests = ['pull_request', 'pull_request_target', 'issue_comment', 'workflow_run'];

function* selfHosted(workflow: Workflow): Generator<Finding> {
  const trigger = ofPullRequests.find((name) => workflow.triggers.has(name));
  if (trigger === undefined) return;
  for (const job of workflow.jobs.filter(({ runsOn }) => runsOn.includes('self-hosted'))) {
    yield {
      code: 'self-hosted-runner',
      level: 'warning',
      message: `On \`${trigger}\` the job \`${job.id}\` runs on a machine of your own: what one pull request leaves there, the next run finds.`,
      help: 'Use runners that live for one job (--ephemeral), or GitHub’s own, for whatever a pull request can start.',
      path: workflow.path,
      line: job.line,
    };
  }
}

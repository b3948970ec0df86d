import type { Finding } from '../../../core/gate/result.ts';
import type { Job, Step, Workflow } from '../workflow.ts';
import type { PolicyRule } from './rule.ts';

export const credentials: PolicyRule = {
  codes: ['secrets-inherited', 'token-in-artifact', 'unsecure-commands', 'actor-as-proof'],
  protects:
    'Secrets and tokens reach further than they have to, or a check on who asks can be passed by anybody.',
  *check({ workflows }) {
    for (const read of workflows) {
      if (!read.ok) continue;
      yield* unsecureCommands(read.workflow);
      for (const job of read.workflow.jobs) {
        yield* inherited(read.workflow, job);
        yield* tokenInArtifact(read.workflow, job);
        yield* actorAsProof(read.workflow, job);
      }
    }
  },
};

function* inherited({ path }: Workflow, job: Job): Generator<Finding> {
  if (!job.inheritsSecrets || job.uses === null || job.uses.text.startsWith('./')) return;
  yield {
    code: 'secrets-inherited',
    level: 'warning',
    message: `\`${job.uses.text}\` is given every secret of the repository and the organisation.`,
    help: 'Name the secrets that it needs under `secrets:`.',
    path,
    line: job.uses.line(),
  };
}

/** `actions/checkout` writes the token into `.git/config`, and the artifact takes the folder along. */
function* tokenInArtifact({ path }: Workflow, job: Job): Generator<Finding> {
  const checkout = job.steps.findIndex(leavesToken);
  if (checkout < 0) return;
  for (const step of job.steps.slice(checkout)) {
    const what = step.with.path?.text.trim() ?? '';
    const whole = what
      .split(/\s+/)
      .some((one) => /^(\.|\.\/|\.\/?\.git\/?|\*\*|\$\{\{\s*github\.workspace\s*\}\}\/?)$/.test(one));
    if (!/^actions\/upload-artifact@/.test(step.uses?.text ?? '') || !whole) continue;
    yield {
      code: 'token-in-artifact',
      level: 'error',
      message:
        'The artifact holds the whole workspace, and in `.git/config` the token that the checkout left there.',
      help: 'Set `persist-credentials: false` at the checkout, or upload only the files that are needed.',
      path,
      line: step.line,
    };
  }
}

/** Whether a step is the checkout that leaves the token in `.git/config`. */
function leavesToken(step: Step): boolean {
  const keeps = step.with['persist-credentials']?.text !== 'false';
  return /^actions\/checkout@/.test(step.uses?.text ?? '') && keeps;
}

function* unsecureCommands(workflow: Workflow): Generator<Finding> {
  const places = workflow.jobs.flatMap((job) => [job.env, ...job.steps.map(({ env }) => env)]);
  for (const env of [workflow.env, ...places]) {
    const value = env.ACTIONS_ALLOW_UNSECURE_COMMANDS;
    if (value === undefined || /^(false|)$/i.test(value.text.trim())) continue;
    yield {
      code: 'unsecure-commands',
      level: 'error',
      message: 'ACTIONS_ALLOW_UNSECURE_COMMANDS lets everything that is printed set variables and the path.',
      help: 'Remove it, and write to $GITHUB_ENV and $GITHUB_PATH instead.',
      path: workflow.path,
      line: value.line(),
    };
  }
}

/** `github.actor` is who caused the last event: anybody can make a bot the last one to push. */
function* actorAsProof(workflow: Workflow, job: Job): Generator<Finding> {
  if (!workflow.triggers.has('pull_request_target') && !workflow.triggers.has('workflow_run')) return;
  for (const { condition, line } of [job, ...job.steps]) {
    if (!/github\.(actor|triggering_actor)\s*==\s*'[^']*\[bot\]'/i.test(condition ?? '')) continue;
    yield {
      code: 'actor-as-proof',
      level: 'warning',
      message:
        '`github.actor` says who caused the last event, not who wrote the code: a bot’s branch can hold anybody’s.',
      help: 'Compare github.event.pull_request.user.login, and ask that the head is a branch of this repository.',
      path: workflow.path,
      line,
    };
  }
}

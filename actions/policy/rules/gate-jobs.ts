import { type GateName, gateNames } from '../../../core/gate/names.ts';
import type { Finding } from '../../../core/gate/result.ts';
import type { Job, Permissions, Step, Workflow } from '../workflow.ts';
import type { PolicyRule } from './rule.ts';

export const gateJobs: PolicyRule = {
  codes: ['required-gate-not-run', 'gate-job-skippable', 'gate-job-without-id-token'],
  protects:
    'A gate that nothing runs blocks every release; one that may be skipped or cannot identify itself never counts.',
  *check({ workflows, config }) {
    const gateSteps = workflows.flatMap((read) => (read.ok ? stepsOf(read.workflow) : []));
    for (const found of gateSteps) yield* judge(found);
    const required = config.state === 'valid' ? (config.config.release?.required_gates ?? []) : [];
    const run = new Set(gateSteps.filter(onChanges).flatMap(({ gates }) => gates));
    for (const gate of required.filter((name) => !run.has(name))) {
      yield {
        code: 'required-gate-not-run',
        level: 'warning',
        message: `The gate \`${gate}\` is required for a release, but no workflow runs it on pull requests.`,
        help: `Add a step that uses release-conductor/actions/${gate}, or take it out of release.required_gates.`,
      };
    }
  },
};

interface GateStep {
  readonly workflow: Workflow;
  readonly job: Job;
  readonly step: Step;
  readonly gates: readonly GateName[];
}

const onChanges = ({ workflow }: GateStep): boolean =>
  workflow.triggers.has('pull_request') || workflow.triggers.has('merge_group');

/** Every kind of deployment starts it, so that its jobs have to choose; what a change needs is not decided here. */
function isOfDeployments({ triggers }: Workflow): boolean {
  return (
    triggers.size > 0 && [...triggers].every((name) => name === 'deployment' || name === 'deployment_status')
  );
}

/** Steps that run this bundle's actions, and which gates they run. */
function stepsOf(workflow: Workflow): GateStep[] {
  return workflow.jobs.flatMap((job) =>
    job.steps.flatMap((step) => {
      const gates = gatesOf(step);
      return gates.length === 0 ? [] : [{ workflow, job, step, gates }];
    }),
  );
}

function gatesOf(step: Step): GateName[] {
  const name = step.uses?.text.split('@')[0] ?? '';
  const one = gateNames.find((gate) => name.endsWith(`/actions/${gate}`));
  if (one !== undefined) return [one];
  if (!/(^|\/)release-conductor$/.test(name)) return [];
  const listed = step.with.gates?.text ?? '';
  if (listed === '' || listed.trim() === 'all') return [...gateNames];
  const words = listed.split(/[\s,]+/);
  return gateNames.filter((gate) => words.includes(gate));
}

function* judge({ workflow, job, step, gates }: GateStep): Generator<Finding> {
  const who = `The job \`${job.id}\`, which runs ${gates.map((gate) => `\`${gate}\``).join(', ')},`;
  const place = { path: workflow.path, line: step.line };
  const isConditional = job.condition !== null || step.condition !== null;
  if ((isConditional && !isOfDeployments(workflow)) || job.continueOnError || step.continueOnError) {
    yield {
      code: 'gate-job-skippable',
      level: 'warning',
      message: `${who} may be skipped or its failure ignored: GitHub calls a skipped job a success.`,
      help: 'Remove if and continue-on-error from the job and the step; the Conductor counts results, not green jobs.',
      ...place,
    };
  }
  if (step.with['conductor-url'] !== undefined && !mayIdentify(job.permissions ?? workflow.permissions)) {
    yield {
      code: 'gate-job-without-id-token',
      level: 'error',
      message: `${who} submits its result but may not ask for an OIDC token, so the Conductor will refuse it.`,
      help: 'Add `permissions: {id-token: write, contents: read}` to the job.',
      ...place,
    };
  }
}

function mayIdentify(permissions: Permissions | null): boolean {
  if (permissions === 'write-all') return true;
  return permissions !== null && permissions !== 'read-all' && permissions['id-token'] === 'write';
}

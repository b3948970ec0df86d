import type { Finding } from '../../../core/gate/result.ts';
import type { Step, WorkflowRead } from '../workflow.ts';
import type { PolicyRule } from './rule.ts';

/** Triggers that run with the base repository's secrets while somebody else supplies the code. */
const privileged = ['pull_request_target', 'workflow_run', 'issue_comment'];
const foreignCode =
  /github\.event\.pull_request\.(head\.(sha|ref)|merge_commit_sha)|github\.head_ref|github\.event\.workflow_run\.head_(sha|branch)|refs\/pull\/|github\.event\.(issue|pull_request)\.number|gh\s+pr\s+checkout/;

export const pwnRequest: PolicyRule = {
  codes: ['pwn-request'],
  protects:
    'Code of a pull request that is checked out in a privileged run can take its secrets and its token.',
  check: ({ workflows }) => foreignCheckouts(workflows),
};

/** One finding for each step that does it. */
export function* foreignCheckouts(workflows: readonly WorkflowRead[]): Iterable<Finding> {
  for (const read of workflows) {
    if (!read.ok) continue;
    const { workflow } = read;
    const trigger = privileged.find((name) => workflow.triggers.has(name));
    if (trigger === undefined) continue;
    for (const step of workflow.jobs.flatMap((job) => job.steps)) {
      const line = foreignCheckout(step);
      if (line === null) continue;
      yield {
        code: 'pwn-request',
        level: 'error',
        message: `On \`${trigger}\`, which runs with secrets and a write token, this step checks out code that the author of a pull request controls.`,
        help: 'Build and test the code on pull_request, hand results over as artifacts, and treat those as data in the privileged run.',
        path: workflow.path,
        line,
      };
    }
  }
}

/** Line of a step that fetches the head of a pull request; null when it does not. */
function foreignCheckout(step: Step): number | null {
  if (step.uses?.text.startsWith('actions/checkout@')) {
    const inputs = [step.with.ref, step.with.repository].filter((input) => input !== undefined);
    const foreign = inputs.find(({ text }) => foreignCode.test(text) || /head\.repo/.test(text));
    return foreign?.line() ?? null;
  }
  const match = /git\s+(fetch|checkout|pull|switch)[^\n]*|gh\s+pr\s+checkout[^\n]*/.exec(
    step.run?.text ?? '',
  );
  return match !== null && foreignCode.test(match[0]) ? (step.run?.line(match[0]) ?? null) : null;
}

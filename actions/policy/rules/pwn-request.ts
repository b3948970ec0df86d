import type { Finding } from '../../../core/gate/result.ts';
import { expanded, expandedScript, type Scope, scopeOf } from '../expressions.ts';
import { privilegedRuns } from '../privileged.ts';
import type { Job, Step, WorkflowRead } from '../workflow.ts';
import type { PolicyRule } from './rule.ts';

const foreignCode =
  /github\.event\.pull_request\.(head\.(sha|ref)|merge_commit_sha)|head\.repo|github\.head_ref|github\.event\.workflow_run\.head_(sha|branch|commit|repository)|refs\/pull\/|\bpull\/[^\s/]+\/(head|merge)|github\.event\.(issue|pull_request)\.number|gh\s+pr\s+checkout/;
/** Actions that look up the head of the pull request under a comment. */
const headActions =
  /^(xt0rted|gotson|alessbell)\/pull-request-comment-branch@|^eficode\/resolve-pr-refs@|^potiuk\/get-workflow-origin@/;
/** A condition that lets only branches of the repository itself through. */
const ownBranches =
  /head\.repo(sitory)?\.(full_name|fork|owner|id)|head_repository\.(full_name|fork|owner|id)/;

export const pwnRequest: PolicyRule = {
  codes: ['pwn-request'],
  protects:
    'Code of a pull request that is checked out in a privileged run can take its secrets and its token.',
  check: ({ workflows }) => foreignCheckouts(workflows),
};

/** One finding for each step that does it, also behind variables, outputs and calls within the repository. */
export function* foreignCheckouts(workflows: readonly WorkflowRead[]): Iterable<Finding> {
  const said = new Set<string>();
  for (const { workflow, trigger, inputs } of privilegedRuns(workflows)) {
    for (const job of workflow.jobs) {
      for (const step of job.steps) {
        if ([job.condition, step.condition].some((condition) => ownBranches.test(condition ?? ''))) continue;
        const found = foreignCheckout(step, job, scopeOf(workflow, job, step, inputs));
        const place = `${workflow.path}:${found?.line}`;
        if (found === null || said.has(place)) continue;
        said.add(place);
        yield {
          code: 'pwn-request',
          level: found.certain ? 'error' : 'warning',
          message: `On \`${trigger}\`, which runs with secrets and a write token, this step checks out code that the author of a pull request ${found.certain ? 'controls' : 'may control: what it checks out is decided while it runs'}.`,
          help: 'Build and test the code on pull_request, hand results over as artifacts, and treat those as data in the privileged run.',
          path: workflow.path,
          line: found.line,
        };
      }
    }
  }
}

interface Found {
  readonly line: number;
  /** Whether the text says whose code it is; an output says it only when it runs. */
  readonly certain: boolean;
}

/** A step that fetches the head of a pull request; null when it does not. */
function foreignCheckout(step: Step, job: Job, scope: Scope): Found | null {
  if (step.uses?.text.startsWith('actions/checkout@')) {
    for (const input of [step.with.ref, step.with.repository]) {
      if (input === undefined) continue;
      const text = expanded(input.text, scope);
      if (foreignCode.test(text) || fromHeadAction(text, job)) return { line: input.line(), certain: true };
      if (/\b(steps|needs)\.[\w-]+\.outputs\.[\w-]*(head|ref|sha|branch|commit|repo)/i.test(text)) {
        return { line: input.line(), certain: false };
      }
    }
    return null;
  }
  for (const [command] of (step.run?.text ?? '').matchAll(
    /git\s+(fetch|checkout|pull|switch|clone)[^\n]*|(gh|hub)\s+pr\s+checkout[^\n]*/g,
  )) {
    const text = expandedScript(command, scope);
    if (foreignCode.test(text) || /(gh|hub)\s+pr\s+checkout/.test(text)) {
      return { line: step.run?.line(command) ?? step.line, certain: true };
    }
  }
  return null;
}

function fromHeadAction(text: string, job: Job): boolean {
  const id = /\bsteps\.([\w-]+)\.outputs\./.exec(text)?.[1];
  const source = job.steps.find((step) => id !== undefined && step.id === id);
  return headActions.test(source?.uses?.text ?? '') || foreignCode.test(source?.run?.text ?? '');
}

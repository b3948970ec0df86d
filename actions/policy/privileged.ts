import { expanded, scopeOf, texts } from './expressions.ts';
import type { Workflow, WorkflowRead } from './workflow.ts';

/** A workflow, or a part of one, that runs with the base repository's secrets while a stranger supplies the event. */
export interface PrivilegedRun {
  readonly workflow: Workflow;
  /** The event that starts it, in the end. */
  readonly trigger: string;
  /** What callers give to a reusable workflow or a composite action. */
  readonly inputs: Readonly<Record<string, string>>;
}

const privileged = ['pull_request_target', 'workflow_run', 'issue_comment', 'discussion_comment', 'issues'];

/** Workflows that such events start, and the reusable workflows and composite actions of the repository they use. */
export function privilegedRuns(workflows: readonly WorkflowRead[]): readonly PrivilegedRun[] {
  const known = new Map(workflows.flatMap((read) => (read.ok ? [[read.workflow.path, read.workflow]] : [])));
  const runs: PrivilegedRun[] = [...known.values()].flatMap((workflow) => {
    const trigger = privileged.find((name) => workflow.triggers.has(name));
    return trigger === undefined ? [] : [{ workflow, trigger, inputs: {} }];
  });
  const seen = new Set<string>();
  for (const run of runs) {
    for (const { uses, inputs } of callsOf(run)) {
      const callee = calleeOf(uses, known);
      const key = `${callee?.path} ${JSON.stringify(inputs)}`;
      if (callee === undefined || seen.has(key) || runs.length > 200) continue;
      seen.add(key);
      runs.push({ workflow: callee, trigger: run.trigger, inputs });
    }
  }
  return runs;
}

function callsOf({ workflow, inputs }: PrivilegedRun): { uses: string; inputs: Record<string, string> }[] {
  return workflow.jobs.flatMap((job) =>
    [null, ...job.steps].flatMap((step) => {
      const { uses, with: given } = step ?? job;
      const scope = scopeOf(workflow, job, step, inputs);
      if (!uses?.text.startsWith('./')) return [];
      const values = Object.entries(texts(given)).map(([name, text]) => [name, expanded(text, scope)]);
      return [{ uses: uses.text, inputs: Object.fromEntries(values) }];
    }),
  );
}

function calleeOf(uses: string, known: ReadonlyMap<string, Workflow>): Workflow | undefined {
  const path = uses.replace(/^\.\//, '').replace(/\/$/, '');
  return [path, `${path}/action.yml`, `${path}/action.yaml`]
    .map((one) => known.get(one))
    .find((workflow) => workflow !== undefined);
}

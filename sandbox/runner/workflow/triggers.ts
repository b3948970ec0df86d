import type { GithubEvent } from '../../contract.ts';
import type { TriggerFilters, Workflow } from './model.ts';
import { matchesPatterns } from './patterns.ts';

/** Activity types of an event that start a workflow which names none (GitHub: "Events that trigger workflows"). */
const defaultTypes: Readonly<Record<string, readonly string[]>> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
  merge_group: ['checks_requested'],
};

/**
 * True when the event starts the workflow. `changedPaths` is asked only when the workflow filters by path.
 * A `workflow_dispatch` names its workflow in the payload.
 */
export async function isTriggered(
  workflow: Workflow,
  event: GithubEvent,
  changedPaths: () => Promise<readonly string[]>,
): Promise<boolean> {
  const filters = workflow.triggers[event.name];
  if (filters === undefined) return false;
  if (!matchesType(filters, event) || !matchesWorkflow(filters, workflow, event)) return false;
  if (!matchesRef(filters, event)) return false;
  if (filters.paths === undefined && filters['paths-ignore'] === undefined) return true;
  // GitHub does not evaluate path filters for pushes of tags.
  if (event.ref.startsWith('refs/tags/')) return true;
  return matchesPaths(filters, await changedPaths());
}

function matchesType(filters: TriggerFilters, event: GithubEvent): boolean {
  const action = event.payload.action;
  if (typeof action !== 'string') return true;
  const types = filters.types ?? defaultTypes[event.name];
  return types === undefined || types.includes(action);
}

function matchesWorkflow(filters: TriggerFilters, workflow: Workflow, event: GithubEvent): boolean {
  if (event.name === 'workflow_dispatch') {
    const named = String(event.payload.workflow ?? '');
    return named === workflow.path || `.github/workflows/${named}` === workflow.path;
  }
  if (event.name !== 'workflow_run' || filters.workflows === undefined) return true;
  const run = event.payload.workflow_run as { name?: string } | undefined;
  return matchesPatterns(run?.name ?? '', filters.workflows);
}

function matchesRef(filters: TriggerFilters, event: GithubEvent): boolean {
  if (event.name !== 'push') return matchesBranch(filters, branchOf(event));
  const filtersBranches = filters.branches !== undefined || filters['branches-ignore'] !== undefined;
  const filtersTags = filters.tags !== undefined || filters['tags-ignore'] !== undefined;
  if (event.ref.startsWith('refs/tags/')) {
    const tag = event.ref.slice('refs/tags/'.length);
    return filtersTags ? passes(tag, filters.tags, filters['tags-ignore']) : !filtersBranches;
  }
  const branch = event.ref.replace(/^refs\/heads\//, '');
  return filtersBranches ? passes(branch, filters.branches, filters['branches-ignore']) : !filtersTags;
}

function matchesBranch(filters: TriggerFilters, branch: string | null): boolean {
  if (filters.branches === undefined && filters['branches-ignore'] === undefined) return true;
  return branch !== null && passes(branch, filters.branches, filters['branches-ignore']);
}

/** The branch that `branches` filters: the base of a pull request or merge group, the head of a workflow run. */
function branchOf(event: GithubEvent): string | null {
  const {
    pull_request: pull,
    merge_group: group,
    workflow_run: run,
  } = event.payload as {
    pull_request?: { base?: { ref?: string } };
    merge_group?: { base_ref?: string };
    workflow_run?: { head_branch?: string };
  };
  return pull?.base?.ref ?? group?.base_ref?.replace(/^refs\/heads\//, '') ?? run?.head_branch ?? null;
}

function passes(
  name: string,
  include: readonly string[] | undefined,
  ignore: readonly string[] | undefined,
): boolean {
  if (include !== undefined) return matchesPatterns(name, include);
  return ignore === undefined || !matchesPatterns(name, ignore);
}

function matchesPaths(filters: TriggerFilters, paths: readonly string[]): boolean {
  if (filters.paths !== undefined) return paths.some((path) => matchesPatterns(path, filters.paths ?? []));
  return paths.some((path) => !matchesPatterns(path, filters['paths-ignore'] ?? []));
}

import type { GithubEvent } from '../contract.ts';

/** A ref that was deleted has no commit to run on. */
export function isDeletion(event: GithubEvent): boolean {
  return event.payload.deleted === true || /^0*$/.test(event.sha);
}

/** `head_sha` and `head_branch` of a run: for a pull request those of its head, not of the test merge. */
export function headOf(event: GithubEvent): { readonly sha: string; readonly branch: string | null } {
  const {
    pull_request: pull,
    merge_group: group,
    deployment,
  } = event.payload as {
    pull_request?: { head: { sha: string; ref: string } };
    merge_group?: { head_sha: string; head_ref: string };
    deployment?: { sha: string; ref: string };
  };
  if (pull !== undefined) return { sha: pull.head.sha, branch: pull.head.ref };
  if (group !== undefined)
    return { sha: group.head_sha, branch: group.head_ref.replace(/^refs\/heads\//, '') };
  if (deployment !== undefined) return { sha: deployment.sha, branch: deployment.ref };
  return { sha: event.sha, branch: event.ref.replace(/^refs\/(heads|tags)\//, '') };
}

import type { Github } from './github.ts';
import type { Json } from './json.ts';
import { headCommit } from './payloads.ts';
import { baseShaOf, tryMerge } from './pulls.ts';
import type { MergeGroup } from './records.ts';
import { announceMove } from './ref-events.ts';
import type { RefMove } from './refs.ts';
import { notFound, unprocessable } from './refusal.ts';
import { actionsItself } from './runs.ts';
import type { RepositoryState } from './world.ts';

const mergeQueue = { ...actionsItself, login: 'github-merge-queue[bot]' } as const;

/** Queues a pull request: a merge commit on `gh-readonly-queue/…` and `merge_group.checks_requested` for it. */
export async function createMergeGroup(
  github: Github,
  repository: RepositoryState,
  pullRequest: number,
): Promise<MergeGroup> {
  const pull = repository.pulls.get(pullRequest);
  if (pull === undefined || !pull.open) throw notFound();
  const baseSha = await baseShaOf(github, repository, pull);
  const merge = await tryMerge(github, repository, pull);
  if (!merge.clean) throw unprocessable(`#${pullRequest} conflicts in ${merge.conflicts.join(', ')}`);
  const headSha = await github.git.writeCommit(repository.fullName, {
    message: `Merge pull request #${pullRequest} from ${pull.headRef}`,
    tree: await github.git.writeTree(repository.fullName, merge.entries),
    parents: [baseSha, pull.headSha],
    author: { name: mergeQueue.login, email: 'noreply@github.com', date: github.now() },
  });
  const headRef = `refs/heads/gh-readonly-queue/${pull.baseRef}/pr-${pullRequest}-${baseSha}`;
  const group: MergeGroup = { headRef, headSha, baseRef: `refs/heads/${pull.baseRef}`, baseSha, pullRequest };
  await github.git.createRef(repository.fullName, headRef, headSha);
  repository.mergeGroups.set(headSha, group);
  await announceMove(github, repository, moveOf(group, null, headSha));
  await announce(github, repository, group, { action: 'checks_requested' });
  return group;
}

/** Takes a group out of the queue. `reason` is `merged`, `invalidated` or `dequeued`. */
export async function destroyMergeGroup(
  github: Github,
  repository: RepositoryState,
  headSha: string,
  reason: 'merged' | 'invalidated' | 'dequeued',
): Promise<void> {
  const group = repository.mergeGroups.get(headSha);
  if (group === undefined) throw notFound();
  repository.mergeGroups.delete(headSha);
  await github.git.deleteRef(repository.fullName, group.headRef);
  await announceMove(github, repository, moveOf(group, headSha, null));
  await announce(github, repository, group, { action: 'destroyed', reason });
}

function moveOf(group: MergeGroup, before: string | null, after: string | null): RefMove {
  const object = (sha: string | null) => (sha === null ? null : { sha, type: 'commit' });
  return {
    ref: group.headRef,
    before: object(before),
    after: object(after),
    forced: false,
    cause: mergeQueue,
  };
}

async function announce(
  github: Github,
  repository: RepositoryState,
  group: MergeGroup,
  change: Json & { readonly action: string },
): Promise<void> {
  const commit = await github.git.commit(repository.fullName, group.headSha);
  const payload = {
    ...change,
    merge_group: {
      head_sha: group.headSha,
      head_ref: group.headRef,
      base_sha: group.baseSha,
      base_ref: group.baseRef,
      head_commit: headCommit(commit),
    },
  };
  const on = change.action === 'checks_requested' ? { sha: group.headSha, ref: group.headRef } : null;
  await github.events.emit(repository, { name: 'merge_group', payload, cause: mergeQueue, on });
}

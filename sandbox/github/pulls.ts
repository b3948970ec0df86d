import { signalsOf } from './checks.ts';
import type { Comparison, TreeEntry } from './git.ts';
import type { Github } from './github.ts';
import type { Identity } from './identity.ts';
import type { Json } from './json.ts';
import { type MergedTree, mergeTrees } from './merge.ts';
import { asUser, completeRepository } from './payloads.ts';
import type { PullState } from './records.ts';
import { actorOf } from './refs.ts';
import { refusals } from './rules.ts';
import { rulesOver } from './rulesets.ts';
import type { RepositoryState } from './world.ts';

/** A pull request: emulate's record with head, base, merge and mergeability as they are now. */
export async function renderPull(github: Github, repository: RepositoryState, number: number): Promise<Json> {
  const record = await github.upstream.get(`${repository.path}/pulls/${number}`);
  return completePull(github, repository, record);
}

/** The same for a record that was read already. */
export async function completePull(github: Github, repository: RepositoryState, record: Json): Promise<Json> {
  const pull = repository.pulls.get(Number(record.number));
  if (pull === undefined) return record;
  const baseSha = await baseShaOf(github, repository, pull);
  const [comparison, merge] = await Promise.all([
    github.git.compare(repository.fullName, baseSha, pull.headSha),
    pull.open ? tryMerge(github, repository, pull) : null,
  ]);
  const blocked = pull.open ? mergeRefusals(github, repository, pull, null, comparison, 0) : [];
  const api = `${github.url}${repository.path}`;
  return {
    active_lock_reason: null,
    ...record,
    ...countsOf(comparison),
    state: pull.open ? 'open' : 'closed',
    merged: pull.merged !== null,
    merged_at: pull.merged?.at ?? null,
    merged_by: pull.merged?.by ?? null,
    merge_commit_sha: pull.merged?.sha ?? null,
    mergeable: merge === null ? null : merge.clean,
    mergeable_state: mergeableState(merge, blocked),
    rebaseable: false,
    maintainer_can_modify: false,
    auto_merge: null,
    statuses_url: `${api}/statuses/${pull.headSha}`,
    head: completeSide(record.head, pull.headSha, github.url),
    base: completeSide(record.base, baseSha, github.url),
    _links: linksOf(api, pull),
  };
}

/** Tip of the base branch now, or as it was when the pull request was merged. */
export async function baseShaOf(
  github: Github,
  repository: RepositoryState,
  pull: PullState,
): Promise<string> {
  return pull.merged?.baseSha ?? github.git.resolve(repository.fullName, `heads/${pull.baseRef}`);
}

export async function tryMerge(
  github: Github,
  repository: RepositoryState,
  pull: PullState,
): Promise<MergedTree> {
  const base = await baseShaOf(github, repository, pull);
  const { merge_base_commit: mergeBase } = await github.git.compare(repository.fullName, base, pull.headSha);
  const [was, ours, theirs] = (await Promise.all(
    [mergeBase.sha, base, pull.headSha].map((sha) => github.git.files(repository.fullName, sha)),
  )) as [readonly TreeEntry[], readonly TreeEntry[], readonly TreeEntry[]];
  return mergeTrees(was, ours, theirs);
}

/** Why the rulesets of the base branch refuse the merge. `who` null asks for somebody without any bypass. */
export function mergeRefusals(
  github: Github,
  repository: RepositoryState,
  pull: PullState,
  who: Identity | null,
  comparison: Comparison,
  approvals: number,
  mergeMethod = 'merge',
): readonly string[] {
  return refusals(rulesOver(github.world, repository), {
    kind: 'merge',
    ref: `refs/heads/${pull.baseRef}`,
    defaultBranch: repository.defaultBranch,
    forced: false,
    actor: who === null ? { appId: null, role: null, teamIds: [] } : actorOf(github, repository, who),
    facts: {
      signals: signalsOf(repository, pull.headSha),
      approvals,
      upToDate: comparison.behind_by === 0,
      mergeMethod,
    },
  });
}

function mergeableState(merge: MergedTree | null, blocked: readonly string[]): string {
  if (merge === null) return 'unknown';
  if (!merge.clean) return 'dirty';
  return blocked.length > 0 ? 'blocked' : 'clean';
}

function countsOf({ commits, files }: Comparison): Json {
  const sum = (key: string): number => files.reduce((total, file) => total + Number(file[key] ?? 0), 0);
  return {
    commits: commits.length,
    changed_files: files.length,
    additions: sum('additions'),
    deletions: sum('deletions'),
  };
}

function completeSide(side: unknown, sha: string, url: string): Json {
  const { repo, user, ...rest } = side as Json;
  return {
    ...rest,
    sha,
    user: user === null || user === undefined ? null : asUser(user as Json, url),
    repo: repo === null || repo === undefined ? null : completeRepository(repo as Json, url),
  };
}

function linksOf(api: string, { number, headSha }: PullState): Json {
  const html = api.replace('/repos/', '/');
  const link = (href: string): Json => ({ href });
  return {
    self: link(`${api}/pulls/${number}`),
    html: link(`${html}/pull/${number}`),
    issue: link(`${api}/issues/${number}`),
    comments: link(`${api}/issues/${number}/comments`),
    review_comments: link(`${api}/pulls/${number}/comments`),
    review_comment: link(`${api}/pulls/comments{/number}`),
    commits: link(`${api}/pulls/${number}/commits`),
    statuses: link(`${api}/statuses/${headSha}`),
  };
}

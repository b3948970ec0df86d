import { ensureSuite, renderSuiteForWebhook } from './checks.ts';
import type { Github } from './github.ts';
import type { Identity } from './identity.ts';
import type { Json } from './json.ts';
import { renderPull } from './pulls.ts';
import { pushPayload } from './push-payload.ts';
import { onDefaultBranch, type RefMove } from './refs.ts';
import type { RepositoryState } from './world.ts';

/** Sends what follows from a moved ref: `create` or `delete`, `push`, `synchronize` of pull requests, check suites. */
export async function announceMove(
  github: Github,
  repository: RepositoryState,
  move: RefMove,
): Promise<void> {
  const { ref, before, after, cause } = move;
  const commit = after === null ? null : await github.git.peel(repository.fullName, after);
  const on = commit === null ? null : { sha: commit, ref };

  if (before === null && after !== null) await announceCreation(github, repository, move, on);
  if (before !== null && after === null) await announceDeletion(github, repository, move);
  const payload = await pushPayload(github, repository, move, commit);
  await github.events.emit(repository, { name: 'push', payload, cause, on });

  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch === undefined) return;
  if (commit !== null) await requestSuites(github, repository, branch, commit, cause);
  await followPulls(github, repository, branch, commit, cause);
}

async function announceCreation(
  github: Github,
  repository: RepositoryState,
  { ref, cause }: RefMove,
  on: { readonly sha: string; readonly ref: string } | null,
): Promise<void> {
  const payload = {
    ...shortRef(ref),
    master_branch: repository.defaultBranch,
    description: null,
    pusher_type: 'user',
  };
  await github.events.emit(repository, { name: 'create', payload, cause, on });
}

async function announceDeletion(
  github: Github,
  repository: RepositoryState,
  { ref, cause }: RefMove,
): Promise<void> {
  const payload = { ...shortRef(ref), pusher_type: 'user' };
  const on = await onDefaultBranch(github, repository);
  await github.events.emit(repository, { name: 'delete', payload, cause, on });
}

function shortRef(ref: string): { ref: string; ref_type: 'tag' | 'branch' } {
  return {
    ref: ref.replace(/^refs\/(heads|tags)\//, ''),
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
  };
}

/** GitHub opens a check suite for every app that may write checks, on every push to a branch. */
async function requestSuites(
  github: Github,
  repository: RepositoryState,
  branch: string,
  sha: string,
  cause: Identity,
): Promise<void> {
  for (const app of github.identities.apps()) {
    if (app.permissions.checks !== 'write') continue;
    const known = repository.suites.size;
    const suite = ensureSuite(github, repository, { appId: app.appId, headSha: sha, headBranch: branch });
    if (repository.suites.size === known) continue;
    const payload = {
      action: 'requested',
      check_suite: await renderSuiteForWebhook(github, repository, suite),
    };
    await github.events.emit(repository, { name: 'check_suite', payload, cause, on: null });
  }
}

/** Open pull requests from this branch get the new head; when the branch is gone they close. */
async function followPulls(
  github: Github,
  source: RepositoryState,
  branch: string,
  sha: string | null,
  cause: Identity,
): Promise<void> {
  for (const repository of github.world.repositories()) {
    for (const pull of repository.pulls.values()) {
      if (!pull.open || pull.headRef !== branch || pull.headRepository !== source.fullName) continue;
      if (sha === null) {
        await github.upstream.request('PATCH', `${repository.path}/pulls/${pull.number}`, {
          state: 'closed',
        });
        pull.open = false;
        await announcePull(github, repository, pull.number, { action: 'closed' }, cause);
        continue;
      }
      const before = pull.headSha;
      if (before === sha) continue;
      if (source !== repository) await github.git.copyHistory(source.fullName, repository.fullName, sha);
      pull.headSha = sha;
      await announcePull(
        github,
        repository,
        pull.number,
        { action: 'synchronize', before, after: sha },
        cause,
      );
    }
  }
}

/**
 * Workflows of `pull_request` run on a merge commit of head and base on GitHub (`refs/pull/N/merge`); here they run
 * on the head commit itself, under the same ref.
 */
export async function announcePull(
  github: Github,
  repository: RepositoryState,
  number: number,
  change: Json & { readonly action: string },
  cause: Identity,
): Promise<void> {
  const pull = repository.pulls.get(number);
  if (pull === undefined) return;
  const payload = { ...change, number, pull_request: await renderPull(github, repository, number) };
  const on = { sha: pull.headSha, ref: `refs/pull/${number}/merge` };
  await github.events.emit(repository, { name: 'pull_request', payload, cause, on });
}

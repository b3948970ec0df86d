import { ensureSuite, renderSuiteForWebhook, signalsOf } from './checks.ts';
import type { GitCommit } from './git.ts';
import type { Github } from './github.ts';
import { appIdOf, type Identity } from './identity.ts';
import { renderPull } from './pulls.ts';
import { GithubRefusal, ruleViolation } from './refusal.ts';
import { type RefChange, refusals } from './rules.ts';
import type { Json } from './types.ts';
import type { RepositoryState } from './world.ts';

export interface GitObject {
  readonly sha: string;
  readonly type: string;
}

export interface RefMove {
  /** Full: `refs/heads/main`. */
  readonly ref: string;
  readonly before: GitObject | null;
  readonly after: GitObject | null;
  readonly forced: boolean;
  readonly cause: Identity;
}

const zeros = '0'.repeat(40);

/** Throws 422 when a ruleset or an immutable release forbids the move. */
export function assertMayMove(
  github: Github,
  repository: RepositoryState,
  move: Omit<RefMove, 'after'> & { readonly kind: RefChange['kind']; readonly commit: string | null },
): void {
  const tag = /^refs\/tags\/(.+)$/.exec(move.ref)?.[1];
  const frozen = [...repository.releases.values()].some(
    (release) => release.immutable && release.tag === tag,
  );
  if (frozen)
    throw new GithubRefusal(422, `Cannot change the tag ${tag}: it belongs to an immutable release.`);

  const reasons = refusals(repository.rulesets.values(), {
    kind: move.kind,
    ref: move.ref,
    defaultBranch: repository.defaultBranch,
    forced: move.forced,
    actor: actorOf(github, repository, move.cause),
    facts: {
      signals: move.commit === null ? [] : signalsOf(repository, move.commit),
      approvals: 0,
      upToDate: true,
      mergeMethod: '',
    },
  });
  if (reasons.length > 0) throw ruleViolation(422, reasons);
}

export function actorOf(github: Github, repository: RepositoryState, who: Identity): RefChange['actor'] {
  const isPerson = who.kind === 'user';
  return {
    appId: appIdOf(who),
    role: isPerson ? github.world.roleOf(who.login, { owner: repository.owner }) : null,
    teamIds: isPerson ? github.world.teamIdsOf(who.login) : [],
  };
}

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

/** For an annotated tag `after` is the tag object, and `head_commit` the commit it leads to. */
async function pushPayload(
  github: Github,
  repository: RepositoryState,
  move: RefMove,
  commit: string | null,
): Promise<Json> {
  const { ref, before, after, forced, cause } = move;
  const isTag = ref.startsWith('refs/tags/');
  const commits =
    isTag || before === null || commit === null
      ? []
      : await newCommits(github, repository, before.sha, commit);
  const head = commit === null ? null : await renderPushed(github, repository, commit);
  return {
    ref,
    before: before?.sha ?? zeros,
    after: after?.sha ?? zeros,
    created: before === null,
    deleted: after === null,
    forced,
    base_ref: null,
    compare: `${github.url}/${repository.fullName}/compare/${before?.sha ?? zeros}...${after?.sha ?? zeros}`,
    commits,
    head_commit: head,
    pusher: pusherOf(cause),
  };
}

/** Bots have no address that is valid. */
function pusherOf({ kind, login }: Identity): Json {
  return { name: login, email: kind === 'user' ? `${login}@users.noreply.github.com` : null };
}

async function newCommits(
  github: Github,
  repository: RepositoryState,
  before: string,
  after: string,
): Promise<readonly Json[]> {
  const { commits } = await github.git.compare(repository.fullName, before, after);
  return Promise.all(commits.map((commit) => renderPushed(github, repository, String(commit['sha']))));
}

async function renderPushed(github: Github, repository: RepositoryState, sha: string): Promise<Json> {
  const commit = await github.git.commit(repository.fullName, sha);
  return {
    id: sha,
    tree_id: commit.tree.sha,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${github.url}/${repository.fullName}/commit/${sha}`,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
    ...(await changedPaths(github, repository, commit)),
  };
}

async function changedPaths(github: Github, repository: RepositoryState, commit: GitCommit): Promise<Json> {
  const parent = commit.parents[0];
  const [now, was] = await Promise.all([
    github.git.files(repository.fullName, commit.sha),
    parent === undefined ? [] : github.git.files(repository.fullName, parent.sha),
  ]);
  const before = new Map(was.map((entry) => [entry.path, entry.sha]));
  const after = new Map(now.map((entry) => [entry.path, entry.sha]));
  return {
    added: [...after.keys()].filter((path) => !before.has(path)),
    removed: [...before.keys()].filter((path) => !after.has(path)),
    modified: [...after].flatMap(([path, sha]) =>
      before.has(path) && before.get(path) !== sha ? [path] : [],
    ),
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
    if (app.permissions['checks'] !== 'write') continue;
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

/** Where workflows run whose event names no commit: the last commit of the default branch. */
export async function onDefaultBranch(
  github: Github,
  repository: RepositoryState,
): Promise<{ readonly sha: string; readonly ref: string }> {
  const sha = await github.git.resolve(repository.fullName, `heads/${repository.defaultBranch}`);
  return { sha, ref: `refs/heads/${repository.defaultBranch}` };
}

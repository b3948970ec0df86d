import type { GitCommit } from './git.ts';
import type { Github } from './github.ts';
import type { Identity } from './identity.ts';
import type { Json } from './json.ts';
import type { RefMove } from './refs.ts';
import type { RepositoryState } from './world.ts';

const zeros = '0'.repeat(40);

/** For an annotated tag `after` is the tag object, and `head_commit` the commit it leads to. */
export async function pushPayload(
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
  return { name: login, email: kind === 'user' ? noReplyAddress(login) : null };
}

/** Whose commit it is that GitHub makes for somebody. The brackets of a bot's name are in no valid address. */
export function noReplyAddress(login: string): string {
  return `${login.replace('[bot]', '-bot')}@users.noreply.github.com`;
}

async function newCommits(
  github: Github,
  repository: RepositoryState,
  before: string,
  after: string,
): Promise<readonly Json[]> {
  const { commits } = await github.git.compare(repository.fullName, before, after);
  return Promise.all(commits.map((commit) => renderPushed(github, repository, String(commit.sha))));
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

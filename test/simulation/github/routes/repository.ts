import { type Answer, type Routes, required } from './asked.ts';

function commitBody(commit: { sha: string; message: string; author: string }): Answer {
  const { sha, message, author } = commit;
  return { sha, commit: { message, author: { name: author } }, author: { login: author } };
}

/** The repository itself: its refs, commits, files and people. */
export const repositoryRoutes: Routes = {
  'GET /repos/{owner}/{repo}': () => ({ default_branch: 'main' }),
  'GET /repos/{owner}/{repo}/git/ref/{ref}': ({ repository, parameters, asOf }) => {
    const sha = required(repository.refAt(String(parameters.ref), asOf));
    return { object: { sha, type: 'commit' } };
  },
  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}': ({ repository, parameters }) => {
    const commit = required(repository.commits.get(String(parameters.commit_sha)));
    return {
      sha: commit.sha,
      tree: { sha: commit.sha },
      message: commit.message,
      author: { name: commit.author },
      parents: commit.parents.map((sha) => ({ sha })),
    };
  },
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}': ({ repository, parameters }) => {
    const commit = required(repository.commits.get(String(parameters.tree_sha)));
    return { tree: [...commit.files.keys()].map((path) => ({ path, type: 'blob' })) };
  },
  'GET /repos/{owner}/{repo}/compare/{basehead}': ({ repository, parameters }) => {
    const [base = '', head = ''] = String(parameters.basehead).split('...');
    const line = repository.ancestry(head);
    const at = line.findIndex(({ sha }) => sha === base);
    const status = base === head ? 'identical' : at > 0 ? 'ahead' : 'diverged';
    return { status, commits: line.slice(0, Math.max(at, 0)).toReversed().map(commitBody) };
  },
  'GET /repos/{owner}/{repo}/commits': ({ repository, parameters }) =>
    repository.ancestry(String(parameters.sha)).map(commitBody),
  'GET /repos/{owner}/{repo}/contents/{+path}': ({ repository, parameters }) => {
    const commit = required(repository.commits.get(String(parameters.ref)));
    const text = required(commit.files.get(decodeURIComponent(String(parameters.path))));
    const content = Buffer.from(text).toString('base64');
    return { type: 'file', sha: commit.sha, size: text.length, content, encoding: 'base64' };
  },
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': ({ repository, parameters }) => ({
    role_name: repository.roles.get(String(parameters.username)) ?? 'none',
  }),
};

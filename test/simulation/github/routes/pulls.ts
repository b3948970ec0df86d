import { pullAt, type Repository, repositoryName } from '../repository.ts';
import { type Answer, type Routes, required, user } from './asked.ts';

/** A pull request as GitHub's API and its webhooks show it. It keeps whole seconds. */
export function pullBody(repository: Repository, number: number, at: number): Answer & object {
  const { headSha, state, at: since } = required(pullAt(repository, number, at));
  const repo = { full_name: repositoryName };
  return {
    number,
    title: `Pull request ${number}`,
    body: '',
    labels: [],
    state,
    merged: state === 'closed',
    updated_at: `${new Date(since).toISOString().slice(0, 19)}Z`,
    user: user('carol'),
    head: { sha: headSha, ref: 'feature', repo },
    base: { sha: repository.refAt('heads/main', at), ref: 'main', repo },
  };
}

/** Pull requests. */
export const pullsRoutes: Routes = {
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': ({ repository, parameters, asOf }) =>
    pullBody(repository, Number(parameters.pull_number), asOf),
  'GET /repos/{owner}/{repo}/pulls': ({ repository, asOf }) =>
    [...repository.pulls.keys()]
      .filter((number) => pullAt(repository, number, asOf)?.state === 'open')
      .map((number) => pullBody(repository, number, asOf)),
};

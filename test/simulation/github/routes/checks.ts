import { appLogin, appSlug } from '../repository.ts';
import { type Routes, required, seen } from './asked.ts';

/** Check runs. */
export const checksRoutes: Routes = {
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': (asked) => ({
    check_runs: seen(asked.repository.checks, asked)
      .filter(({ sha, name }) => sha === asked.parameters.ref && name === asked.parameters.check_name)
      .map((check) => ({
        id: check.id,
        status: check.status,
        conclusion: check.conclusion,
        external_id: check.externalId,
        app: { slug: check.author === appLogin ? appSlug : 'github-actions' },
        output: { title: '', annotations_count: 0 },
      })),
  }),
  'POST /repos/{owner}/{repo}/check-runs': (asked) => {
    const { repository, parameters, now } = asked;
    const check = {
      id: repository.nextId(),
      author: appLogin,
      createdAt: now,
      sha: String(parameters.head_sha),
      name: String(parameters.name),
      status: String(parameters.status),
      conclusion: (parameters.conclusion as string | undefined) ?? null,
      externalId: String(parameters.external_id),
    };
    repository.checks.push(check);
    asked.happened({ kind: 'created', what: 'check', key: check.externalId });
    return { id: check.id };
  },
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}': ({ repository, parameters }) => {
    const check = required(repository.checks.find(({ id }) => id === parameters.check_run_id));
    check.status = String(parameters.status);
    check.conclusion = (parameters.conclusion as string | undefined) ?? null;
    check.externalId = String(parameters.external_id);
    return {};
  },
};

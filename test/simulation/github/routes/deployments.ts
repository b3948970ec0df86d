import { appLogin, type Deployment } from '../repository.ts';
import { paged, type Routes, required, seen, user } from './asked.ts';

/** Deployments and what the pipeline says of them. */
export const deploymentsRoutes: Routes = {
  'GET /repos/{owner}/{repo}/deployments': (asked) =>
    paged(
      seen(asked.repository.deployments, asked)
        .filter(
          ({ sha, environment, task }) =>
            sha === asked.parameters.sha &&
            environment === asked.parameters.environment &&
            task === asked.parameters.task,
        )
        .toReversed(),
      asked,
    ).map(({ id, payload, author }) => ({ id, payload, creator: user(author) })),
  'POST /repos/{owner}/{repo}/deployments': (asked) => {
    const { repository, parameters, now } = asked;
    const deployment: Deployment = {
      id: repository.nextId(),
      author: appLogin,
      createdAt: now,
      sha: String(parameters.ref),
      environment: String(parameters.environment),
      task: String(parameters.task),
      payload: parameters.payload as Deployment['payload'],
      statuses: [],
    };
    repository.deployments.push(deployment);
    asked.happened({ kind: 'created', what: 'deployment', key: String(deployment.payload.idempotency_key) });
    asked.happened({ kind: 'deployment', deployment });
    return { id: deployment.id };
  },
  'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses': ({ repository, parameters, asOf }) => {
    const deployment = required(repository.deployments.find(({ id }) => id === parameters.deployment_id));
    const newest = deployment.statuses.findLast(({ at }) => at <= asOf);
    return newest === undefined ? [] : [{ state: newest.state }];
  },
};

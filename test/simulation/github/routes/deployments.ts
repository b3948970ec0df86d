import { appLogin, type Deployment } from '../repository.ts';
import { paged, type Routes, required, seen, user } from './asked.ts';

/** Deployments and what the pipeline says of them. */
export const deploymentsRoutes: Routes = {
  'GET /repos/{owner}/{repo}/deployments': (asked) =>
    paged(
      seen(asked.repository.deployments, asked)
        .filter((deployment) =>
          (['sha', 'environment', 'task'] as const).every((name) =>
            [undefined, deployment[name]].includes(asked.parameters[name] as string | undefined),
          ),
        )
        .toReversed(),
      asked,
    ).map(({ id, payload, task, author, createdAt }) => ({
      id,
      payload,
      task,
      creator: user(author),
      created_at: new Date(createdAt).toISOString(),
    })),
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

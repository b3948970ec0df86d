import { z } from 'zod';
import type { Forge } from '../../core/ports/forge.ts';
import type { GithubClient } from './client.ts';

const deploymentSchema = z.object({
  id: z.int(),
  payload: z.unknown(),
  creator: z.object({ login: z.string() }).nullish(),
});

export function deploymentMethods(
  github: GithubClient,
): Pick<Forge, 'ensureDeployment' | 'readDeploymentState'> {
  return {
    ensureDeployment: async ({ key, sha, environment, task, description, payload }) => {
      const known = await github.list(
        'GET /repos/{owner}/{repo}/deployments',
        { sha, environment, task },
        deploymentSchema,
      );
      const existing = known.find(
        (deployment) => deployment.creator?.login === github.botLogin && keyOf(deployment.payload) === key,
      );
      if (existing !== undefined) return { id: existing.id };
      const made = await github.send(
        'POST /repos/{owner}/{repo}/deployments',
        {
          ref: sha,
          environment,
          task,
          description: description.slice(0, 140),
          payload: { ...payload, idempotency_key: key },
          // The commit is deployed as it is: nothing is merged into it, and our own gates have decided already.
          auto_merge: false,
          required_contexts: [],
          production_environment: environment === 'production',
        },
        z.object({ id: z.int() }),
      );
      return { id: made.id };
    },

    readDeploymentState: async (id) => {
      const statuses = await github.find(
        'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
        { deployment_id: id, per_page: 1 },
        z.array(z.object({ state: z.string() })),
      );
      return statuses?.[0]?.state ?? null;
    },
  };
}

/** GitHub gives the payload back as an object, or as text. */
function keyOf(payload: unknown): unknown {
  try {
    const found: unknown = typeof payload === 'string' ? JSON.parse(payload) : payload;
    return (found as { idempotency_key?: unknown } | null)?.idempotency_key;
  } catch {
    return undefined;
  }
}

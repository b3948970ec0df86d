import { z } from 'zod';
import type { Forge } from '../../core/ports/forge.ts';
import type { GithubClient } from './client.ts';

const deploymentSchema = z.object({
  id: z.int(),
  payload: z.unknown(),
  creator: z.object({ login: z.string() }).nullish(),
  task: z.string().default('deploy'),
  created_at: z.iso.datetime({ offset: true }).optional(),
});

export function deploymentMethods(
  github: GithubClient,
): Pick<
  Forge,
  'ensureDeployment' | 'listForeignDeployments' | 'readDeploymentState' | 'answerProtectionRule'
> {
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

    listForeignDeployments: async (environment) => {
      const newest = await github.list(
        'GET /repos/{owner}/{repo}/deployments',
        { environment },
        deploymentSchema,
        { enough: () => true },
      );
      const foreign = newest.filter(({ creator }) => creator?.login !== github.botLogin).slice(0, looksBack);
      const found = await Promise.all(
        foreign.map(async ({ id, creator, task, created_at: created }) => ({
          id,
          creator: creator?.login ?? 'somebody',
          task,
          state: (await stateOf(github, id)) ?? 'pending',
          createdAt: created === undefined ? 0 : Date.parse(created),
        })),
      );
      return found.filter(({ state }) => underWay.has(state));
    },

    readDeploymentState: (id) => stateOf(github, id),

    answerProtectionRule: async ({ runId, environment, state, comment }) => {
      const answer = {
        run_id: runId,
        environment_name: environment,
        comment: comment.slice(0, longestReport),
        ...(state === null ? {} : { state }),
      };
      const route = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule';
      await github.send(route, answer, z.unknown()).catch((error: Error) => {
        // The run was cancelled, or somebody answered for us: nobody waits any more.
        const status = (error.cause as { status?: number } | undefined)?.status;
        if (status !== 404 && status !== 422) throw error;
      });
    },
  };
}

/** Characters of one report to a job that waits. */
const longestReport = 1_024;

/** Deployments of others that are looked at, newest first: what is older has been replaced or forgotten. */
const looksBack = 5;
const underWay: ReadonlySet<string> = new Set(['queued', 'pending', 'in_progress', 'waiting']);

async function stateOf(github: GithubClient, id: number): Promise<string | null> {
  const statuses = await github.find(
    'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
    { deployment_id: id, per_page: 1 },
    z.array(z.object({ state: z.string() })),
  );
  return statuses?.[0]?.state ?? null;
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

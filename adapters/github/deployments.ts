import { z } from 'zod';
import type { Deployer, DeploymentOrder } from '../../core/ports/deployer.ts';
import type { Forge } from '../../core/ports/forge.ts';
import type { GithubClient } from './client.ts';

const route = 'GET /repos/{owner}/{repo}/deployments';
const deploymentSchema = z.object({
  id: z.int(),
  payload: z.unknown(),
  creator: z.object({ login: z.string() }).nullish(),
  task: z.string().default('deploy'),
  created_at: z.iso.datetime({ offset: true }).optional(),
});

/** Orders are deployments on GitHub; the repository's own pipeline carries them out and reports. */
export function githubDeployer(github: GithubClient): Deployer {
  return {
    order: async (order) => {
      const id = (await findOrder(github, order)) ?? (await makeOrder(github, order));
      if (order.workflow !== undefined) await dispatch(github, id, order, order.workflow);
      return { id };
    },

    stateOf: (id) => stateOf(github, id),
    reportOf: (id) => reportOf(github, id),

    removeEnvironment: async (environment) => {
      const route = 'DELETE /repos/{owner}/{repo}/environments/{environment_name}';
      await github.send(route, { environment_name: environment }, z.unknown()).catch((error: Error) => {
        if ((error.cause as { status?: number } | undefined)?.status !== 404) throw error;
      });
    },

    actual: async ({ environment, service }) => {
      for (const { id, payload } of await newestIn(github, environment)) {
        const said = trafficSchema.safeParse(parsed(payload));
        if (!said.success || (said.data.service ?? null) !== service) continue;
        const state = await stateOf(github, id);
        if (state === 'success' || state === 'inactive') {
          return { deploymentId: id, version: said.data.version, weight: said.data.weight };
        }
      }
      return null;
    },

    foreign: async (environment) => {
      const newest = await newestIn(github, environment);
      const foreign = newest.filter(({ creator }) => creator?.login !== github.botLogin);
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
  };
}

const trafficSchema = z.object({
  service: z.string().optional(),
  version: z.string(),
  weight: z.number().min(0).max(100),
});

async function findOrder(
  github: GithubClient,
  { key, sha, environment, task }: DeploymentOrder,
): Promise<number | null> {
  const known = await github.list(route, { sha, environment, task }, deploymentSchema);
  const existing = known.find(
    ({ creator, payload }) => creator?.login === github.botLogin && keyOf(payload) === key,
  );
  return existing?.id ?? null;
}

async function makeOrder(github: GithubClient, order: DeploymentOrder): Promise<number> {
  const { key, sha, environment, task, description, payload } = order;
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
      transient_environment: task === 'preview',
    },
    z.object({ id: z.int() }),
  );
  return made.id;
}

/**
 * Starts the workflow that carries the order out, unless somebody has spoken of the order: then it was started. Our own
 * `queued` is that word. Killed between the two, it is started twice, which does no harm: a weight is set, not added.
 */
async function dispatch(
  github: GithubClient,
  id: number,
  { sha, environment, task, payload }: DeploymentOrder,
  workflow: string,
): Promise<void> {
  if ((await stateOf(github, id)) !== null) return;
  const { default_branch: ref } = await github.get(
    'GET /repos/{owner}/{repo}',
    {},
    z.object({ default_branch: z.string() }),
  );
  const inputs = {
    deployment_id: String(id),
    environment,
    sha,
    task,
    ...('action' in payload
      ? { pull_request: String(payload.pull_request), action: payload.action, size: payload.size }
      : { service: payload.service ?? '', version: payload.version, weight: String(payload.weight) }),
  };
  await github.send(
    'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
    { workflow_id: workflow, ref, inputs },
    z.unknown(),
  );
  await github.send(
    'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
    { deployment_id: id, state: 'queued', description: `${workflow} was started`, auto_inactive: false },
    z.unknown(),
  );
}

/** Deployments that are looked at, newest first: what is older has been replaced or forgotten. */
const looksBack = 10;

async function newestIn(
  github: GithubClient,
  environment: string,
): Promise<readonly z.infer<typeof deploymentSchema>[]> {
  const found = await github.list(route, { environment }, deploymentSchema, { enough: () => true });
  return found.slice(0, looksBack);
}

export function deploymentMethods(
  github: GithubClient,
): Pick<Forge, 'answerProtectionRule' | 'waitingEntries'> {
  return {
    waitingEntries: async () => {
      const waiting = { status: 'waiting' };
      const steady = { member: 'workflow_runs', steady: true } as const;
      const runs = await github.list('GET /repos/{owner}/{repo}/actions/runs', waiting, runSchema, steady);
      const entries = await Promise.all(
        runs.map(async ({ id: runId, head_sha: sha }) => {
          const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments';
          const pending = (await github.find(route, { run_id: runId }, pendingSchema)) ?? [];
          return pending.map(({ environment }) => ({ runId, environment: environment.name, sha }));
        }),
      );
      return entries.flat();
    },

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

const runSchema = z.object({ id: z.number(), head_sha: z.string() });
const pendingSchema = z.array(z.object({ environment: z.object({ name: z.string() }) }));

/** Characters of one report to a job that waits. */
const longestReport = 1_024;

const underWay: ReadonlySet<string> = new Set(['queued', 'pending', 'in_progress', 'waiting']);

async function stateOf(github: GithubClient, id: number): Promise<string | null> {
  return (await reportOf(github, id))?.state ?? null;
}

async function reportOf(
  github: GithubClient,
  id: number,
): Promise<{ readonly state: string; readonly url: string | null } | null> {
  const statuses = await github.find(
    'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
    { deployment_id: id, per_page: 1 },
    z.array(z.object({ state: z.string(), environment_url: z.string().nullish() })),
  );
  const newest = statuses?.[0];
  return newest === undefined ? null : { state: newest.state, url: newest.environment_url ?? null };
}

function keyOf(payload: unknown): unknown {
  return (parsed(payload) as { idempotency_key?: unknown } | null)?.idempotency_key;
}

/** GitHub gives the payload back as an object, or as text; null: it is neither. */
function parsed(payload: unknown): unknown {
  try {
    return typeof payload === 'string' ? JSON.parse(payload) : payload;
  } catch {
    return null;
  }
}

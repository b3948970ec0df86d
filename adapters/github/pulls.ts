import { z } from 'zod';
import { ProviderError } from '../../core/errors.ts';
import type { RerunSince } from '../../core/gate/effect.ts';
import type { Forge, PullRequestFacts } from '../../core/ports/forge.ts';
import type { GithubClient } from './client.ts';
import { labelsSchema, readLabels } from './labels-of-pulls.ts';

const repositorySchema = z.object({ full_name: z.string() });
const updatedAtSchema = z.string().default(new Date(0).toISOString());

const pullRequestSchema = z.object({
  state: z.enum(['open', 'closed']),
  merged: z.boolean().nullish(),
  title: z.string(),
  body: z.string().nullish(),
  labels: labelsSchema,
  draft: z.boolean().default(false),
  user: z.object({ login: z.string() }).nullish(),
  head: z.object({ sha: z.string(), ref: z.string(), repo: repositorySchema.nullish() }),
  base: z.object({ sha: z.string(), ref: z.string(), repo: repositorySchema }),
  updated_at: updatedAtSchema,
});

const listedSchema = z.object({
  number: z.int(),
  head: z.object({ sha: z.string() }),
  base: z.object({ ref: z.string(), sha: z.string() }),
  updated_at: updatedAtSchema,
});

const rerunnableSchema = z.object({
  status: z.string().nullable(),
  run_attempt: z.int().default(1),
  run_started_at: z.string().nullish(),
});

/** Whether a later attempt began since then. GitHub tells whole seconds. */
function isRepeated(run: z.infer<typeof rerunnableSchema>, { at, attempt }: RerunSince): boolean {
  const startedAt = Date.parse(run.run_started_at ?? '');
  return run.run_attempt > attempt && startedAt >= Math.floor(at / 1_000) * 1_000;
}

/** A pull request as a webhook tells of it; null when that is not all that the API would tell. */
export function parsePullRequest(value: unknown): PullRequestFacts | null {
  const parsed = pullRequestSchema.safeParse(value);
  return parsed.success ? factsOf(parsed.data) : null;
}

function factsOf(found: z.infer<typeof pullRequestSchema>): PullRequestFacts {
  return {
    title: found.title,
    body: found.body ?? '',
    labels: found.labels.map(({ name }) => name),
    headSha: found.head.sha,
    headRef: found.head.ref,
    baseRef: found.base.ref,
    baseSha: found.base.sha,
    author: found.user?.login ?? 'ghost',
    // A fork that was deleted has no repository any more: still a fork.
    fork: found.head.repo?.full_name !== found.base.repo.full_name,
    state: found.state,
    merged: found.merged ?? false,
    draft: found.draft,
    updatedAt: Date.parse(found.updated_at),
  };
}

export function pullMethods(
  github: GithubClient,
): Pick<
  Forge,
  'readLabels' | 'readPullRequest' | 'listOpenPullRequests' | 'readWorkflowRun' | 'rerunWorkflow'
> {
  return {
    readPullRequest: async (number) =>
      factsOf(
        await github.get(
          'GET /repos/{owner}/{repo}/pulls/{pull_number}',
          { pull_number: number },
          pullRequestSchema,
        ),
      ),

    readLabels: (pullRequests) => readLabels(github, pullRequests),

    listOpenPullRequests: async () => {
      const found = await github.list('GET /repos/{owner}/{repo}/pulls', { state: 'open' }, listedSchema);
      return found.map(({ number, head, base, updated_at: updatedAt }) => ({
        number,
        headSha: head.sha,
        baseRef: base.ref,
        baseSha: base.sha,
        updatedAt: Date.parse(updatedAt),
      }));
    },

    rerunWorkflow: async (runId, since) => {
      const run = await github.get(
        'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
        { run_id: runId },
        rerunnableSchema,
      );
      // A second request must not be a second run.
      if (since !== undefined && isRepeated(run, since)) return;
      if (run.status !== 'completed') {
        if (since === undefined) return;
        throw new ProviderError(
          'RUN_UNFINISHED',
          `run ${runId} is ${run.status ?? 'under way'}; GitHub runs again what has ended`,
          'Nothing to do: the Conductor tries again.',
          { retryable: true },
        );
      }
      await github.send(
        'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun',
        { run_id: runId },
        z.unknown(),
      );
    },

    readWorkflowRun: async (runId) => {
      const found = await github.get(
        'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
        { run_id: runId },
        z.object({
          head_sha: z.string(),
          head_branch: z.string().nullable(),
          event: z.string(),
          path: z.string(),
          run_attempt: z.int().default(1),
          run_started_at: z.string().nullish(),
          created_at: z.string(),
          repository: repositorySchema,
          head_repository: repositorySchema.nullish(),
        }),
      );
      return {
        headSha: found.head_sha,
        headBranch: found.head_branch,
        event: found.event,
        path: found.path,
        attempt: found.run_attempt,
        repository: found.repository.full_name,
        headRepository: found.head_repository?.full_name ?? 'a deleted fork',
        startedAt: Date.parse(found.run_started_at ?? found.created_at),
      };
    },
  };
}

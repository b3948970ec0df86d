import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type Database, listAggregates, type StoredAggregate } from '../../adapters/postgres/index.ts';
import { phases } from '../../core/release/phase.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { environmentOfStep } from '../../core/release/steps.ts';
import { newestReadable } from './access/newest.ts';
import { viewerOf } from './access/viewer.ts';
import { type Problem, RequestProblem } from './problem.ts';
import { refusals } from './refusals.ts';

/** `GET /v1/releases` and `/v1/releases/{tag}`. */
export function addReleases(api: OpenAPIHono, database: Database): void {
  api.openapi(listRoute, async (context) => {
    const { repository } = context.req.valid('query');
    const seen = await newestReadable(database, viewerOf(context), {
      kind: 'release',
      ...(repository && { repository }),
    });
    return context.json({ releases: seen.map(toRelease) }, 200);
  });
  api.openapi(oneRoute, async (context) => {
    const { repository } = context.req.valid('query');
    const key = context.req.valid('param').tag;
    const [stored] = await listAggregates(database, {
      kind: 'release',
      key,
      ...(repository && { repository }),
    });
    if (stored === undefined) throw new RequestProblem(unknownRelease);
    return context.json(toRelease(stored), 200);
  });
}

const releaseSchema = z
  .object({
    repository: z.string(),
    tag: z.string(),
    sha: z.string(),
    service: z.string().nullable().describe('Its name in `services`; null in a repository with one service'),
    environment: z
      .string()
      .nullable()
      .describe('The production environment that `weight` is of; null until the plan is loaded'),
    phase: z.enum(phases),
    weight: z.number().describe('Percent of production traffic, as last confirmed'),
    held: z.string().nullable().describe('Why nothing may be promoted'),
    tracking_issue: z.number().nullable(),
    gates: z.record(z.string(), z.string()).describe('Verdict by gate'),
    url: z.string().nullable(),
    updated_at: z.iso.datetime(),
  })
  .openapi('Release');

const listRoute = createRoute({
  method: 'get',
  path: '/v1/releases',
  summary: 'Releases, newest first',
  request: { query: z.object({ repository: z.string().optional() }) },
  responses: {
    200: {
      description: 'Releases',
      content: { 'application/json': { schema: z.object({ releases: z.array(releaseSchema) }) } },
    },
  },
});

const oneRoute = createRoute({
  method: 'get',
  path: '/v1/releases/{tag}',
  summary: 'One release',
  request: {
    params: z.object({ tag: z.string() }),
    query: z.object({ repository: z.string().optional() }),
  },
  responses: {
    200: { description: 'The release', content: { 'application/json': { schema: releaseSchema } } },
    ...refusals,
  },
});

function toRelease({ ref, state, updatedAt }: StoredAggregate): z.infer<typeof releaseSchema> {
  const release = state as ReleaseState;
  return {
    repository: ref.repository,
    tag: ref.key,
    sha: release.sha,
    service: release.plan?.service ?? null,
    environment: release.plan === null ? null : environmentOfStep(release.plan, Math.max(1, release.step)),
    phase: release.phase,
    weight: release.weight,
    held: release.hold?.reason ?? null,
    tracking_issue: release.trackingIssue,
    gates: Object.fromEntries(Object.entries(release.gates).map(([gate, record]) => [gate, record.verdict])),
    url: release.publishedUrl,
    updated_at: new Date(updatedAt).toISOString(),
  };
}

const unknownRelease: Problem = {
  status: 404,
  code: 'RELEASE_UNKNOWN',
  message: 'There is no release of this tag',
  help: 'List the releases at /v1/releases.',
};

import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { OidcVerifier } from '../../adapters/oidc/verifier.ts';
import { type Database, promotedResults } from '../../adapters/postgres/index.ts';
import { baselineOfReleases, baselineSchema } from '../../core/gate/baseline.ts';
import { jobToken } from './bearer.ts';
import { refusals } from './refusals.ts';

export interface BaselinePorts {
  readonly database: Database;
  readonly oidc: OidcVerifier;
  readonly now: () => number;
}

/** Releases that one baseline holds at most; older ones are forgotten. */
const longest = 200;

/** `GET /v1/baselines/perf`: what the promoted releases of the token's own repository measured. */
export function addBaselines(api: OpenAPIHono, ports: BaselinePorts): void {
  const name = z.string().max(100).default('');
  const route = createRoute({
    method: 'get',
    path: '/v1/baselines/perf',
    summary: 'What promoted releases measured, oldest first',
    security: [{ oidc: [] }],
    request: { query: z.object({ service: name, environment: name }) },
    responses: {
      200: {
        description: 'Runs of releases that reached GA, of the repository of the token',
        content: { 'application/json': { schema: baselineSchema } },
      },
      ...refusals,
    },
  });
  api.openapi(route, async (context) => {
    const token = jobToken(context.req.header('authorization'));
    const { repository } = await ports.oidc.verify(token, ports.now());
    const of = context.req.valid('query');
    const results = await promotedResults(ports.database, repository, 'perf', of, longest);
    return context.json(baselineOfReleases(of, results), 200);
  });
}

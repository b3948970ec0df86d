import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type Database, readAggregate } from '../../adapters/postgres/index.ts';
import { exportGovernance, governanceExportSchema } from '../../core/governance/export.ts';
import type { GovernanceState } from '../../core/governance/state.ts';
import { governanceOf } from '../events/settings.ts';
import { RequestProblem } from './problem.ts';
import { refusals } from './refusals.ts';

/** `GET /v1/governance/{owner}/{repo}`: the rules as they were found, the plan to what the config asks for, drift. */
export function addGovernance(api: OpenAPIHono, database: Database): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/governance/{owner}/{repo}',
    summary: 'The rules of a repository: found, planned, drifted since when',
    request: { params: z.object({ owner: z.string().max(100), repo: z.string().max(100) }) },
    responses: {
      200: {
        description: 'As of the last look',
        content: { 'application/json': { schema: governanceExportSchema } },
      },
      ...refusals,
    },
  });
  api.openapi(route, async (context) => {
    const { owner, repo } = context.req.valid('param');
    const repository = `${owner}/${repo}`;
    const stored = await readAggregate(database, governanceOf(repository));
    const state = (stored?.state as GovernanceState | undefined) ?? null;
    const exported = state && exportGovernance(repository, state);
    if (exported === null) throw new RequestProblem(notGoverned);
    return context.json(exported, 200);
  });
}

const notGoverned = {
  status: 404,
  code: 'NOT_GOVERNED',
  message: 'The rules of this repository have not been read',
  help: 'Declare `governance` in its config, and wait for the first look.',
};

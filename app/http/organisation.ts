import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { OidcVerifier } from '../../adapters/oidc/verifier.ts';
import type { Forge } from '../../core/ports/forge.ts';
import { readOrganisationText } from '../effective-config.ts';
import { RequestProblem } from './problem.ts';

export interface OrganisationPorts {
  readonly oidc: OidcVerifier;
  readonly now: () => number;
  readonly forgeFor: (repository: string) => Promise<Forge>;
}

/** `GET /v1/organisation`: the config that is the default of the token's repository, as it is now. */
export function addOrganisation(
  api: OpenAPIHono,
  ports: OrganisationPorts,
  refusals: Parameters<typeof createRoute>[0]['responses'],
): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/organisation',
    summary: "The config of the organisation of the token's repository",
    security: [{ oidc: [] }],
    responses: {
      200: {
        description: 'Null: it has none',
        content: {
          'application/json': {
            schema: z.object({ organisation: z.object({ file: z.string(), text: z.string() }).nullable() }),
          },
        },
      },
      ...refusals,
    },
  });
  api.openapi(route, async (context) => {
    const token = /^Bearer (\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
    if (token === undefined) throw new RequestProblem(tokenMissing);
    const { repository } = await ports.oidc.verify(token, ports.now());
    const organisation = await readOrganisationText(await ports.forgeFor(repository));
    return context.json({ organisation: organisation && { ...organisation } }, 200);
  });
}

const tokenMissing = {
  status: 401,
  code: 'TOKEN_MISSING',
  message: 'There is no bearer token in the Authorization header',
  help: 'Ask from a job of GitHub Actions with `permissions: id-token: write`.',
};

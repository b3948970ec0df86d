import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { OidcVerifier } from '../../adapters/oidc/verifier.ts';
import { type Sql, storedOrganisationSight } from '../../adapters/postgres/index.ts';
import type { OrganisationText } from '../../core/config/organisation/check.ts';
import { organisationRepository } from '../../core/config/organisation/place.ts';
import type { Forge } from '../../core/ports/forge.ts';
import { isNotInstalled } from '../github.ts';
import { organisationText, readOrganisationText } from '../organisation-config.ts';
import { jobToken } from './bearer.ts';
import { refusals } from './refusals.ts';

export interface OrganisationPorts {
  readonly oidc: OidcVerifier;
  readonly database: Sql;
  readonly now: () => number;
  readonly forgeFor: (repository: string) => Promise<Forge>;
}

const organisationSchema = z.object({
  file: z.string(),
  text: z.string(),
  problem: z.string().optional().openapi({ description: 'Why it cannot be taken; the text is then empty' }),
});

const answers = {
  200: {
    description: 'Null: it has none',
    content: {
      'application/json': { schema: z.object({ organisation: organisationSchema.nullable() }) },
    },
  },
};

/**
 * The config that is the default of a repository, as it is now: `GET /v1/organisation` for jobs, of the token's
 * repository; `GET /v1/organisation/{owner}/.github` for whoever may read that repository.
 */
export function addOrganisation(api: OpenAPIHono, ports: OrganisationPorts): void {
  const ofJob = createRoute({
    method: 'get',
    path: '/v1/organisation',
    summary: "The config of the organisation of the token's repository",
    security: [{ oidc: [] }],
    responses: { ...answers, ...refusals },
  });
  api.openapi(ofJob, async (context) => {
    const token = jobToken(context.req.header('authorization'));
    const { repository } = await ports.oidc.verify(token, ports.now());
    const organisation = await readOrganisationText(await ports.forgeFor(repository));
    return context.json({ organisation: organisation && answerOf(organisation) }, 200);
  });

  const ofOwner = createRoute({
    method: 'get',
    path: '/v1/organisation/{owner}/{repo}',
    summary: 'The config of an organisation, for those who may read the repository it lies in (`.github`)',
    request: {
      params: z.object({
        owner: z.string().regex(/^[A-Za-z0-9-]{1,100}$/),
        repo: z.literal(organisationRepository),
      }),
    },
    responses: { ...answers, ...refusals },
  });
  api.openapi(ofOwner, async (context) => {
    const { owner, repo } = context.req.valid('param');
    const organisation = await readInstalled(`${owner}/${repo}`, ports);
    return context.json({ organisation: organisation && answerOf(organisation) }, 200);
  });
}

function answerOf({ file, text, problem }: OrganisationText): z.infer<typeof organisationSchema> {
  return { file, text, ...(problem && { problem: `${problem.message}. ${problem.help}` }) };
}

/** Where the App is not installed there is no default that it would apply, unless there was one. */
async function readInstalled(name: string, { forgeFor, database }: OrganisationPorts) {
  const forge = await forgeFor(name).catch((error: unknown) => {
    if (isNotInstalled(error)) return null;
    throw error;
  });
  return organisationText(name, forge, storedOrganisationSight(database, name));
}

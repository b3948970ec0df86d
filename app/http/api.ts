import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import type { OidcVerifier } from '../../adapters/oidc/verifier.ts';
import { listAggregates, type StoredAggregate } from '../../adapters/postgres/index.ts';
import { ConductorError, ProviderError, VerificationError } from '../../core/errors.ts';
import { renderKeySet } from '../../core/evidence/key-set.ts';
import { gateNameSchema } from '../../core/gate/names.ts';
import { gateResultSchema } from '../../core/gate/result.ts';
import type { TrustedKey } from '../../core/ports/signer.ts';
import type { Log } from '../../core/ports/system.ts';
import { silentTracing } from '../../core/ports/tracing.ts';
import { phases } from '../../core/release/phase.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { environmentOfStep } from '../../core/release/steps.ts';
import { type IntakePorts, takeIn } from '../evidence/intake.ts';
import { readSubmission, submissionLimits } from '../evidence/multipart.ts';
import { outageOf } from '../flow/outage.ts';
import { newestReadable } from './access/newest.ts';
import { viewerOf } from './access/viewer.ts';
import { addAudit } from './audit.ts';
import { addBaselines } from './baselines.ts';
import { addCommands } from './commands.ts';
import { addGovernance } from './governance.ts';
import { invalidRequest, refusedByFramework } from './invalid-request.ts';
import { addKpis } from './kpis.ts';
import { addOrganisation } from './organisation.ts';
import { type Problem, problemOfStore, RequestProblem, unexpectedProblem } from './problem.ts';
import { answerProblem } from './problem-page.ts';
import { addPromotions } from './promotions.ts';
import type { CallerSecrets } from './signed-callers.ts';

export interface ApiPorts extends IntakePorts {
  readonly oidc: OidcVerifier;
  readonly callerSecrets: CallerSecrets;
  /** Public keys: the one in use, then those before it. */
  readonly keyRing: () => Promise<readonly TrustedKey[]>;
  readonly log: Log;
  readonly evidenceReceived: (gate: string, outcome: string) => void;
}

const problemSchema = z
  .object({ code: z.string(), message: z.string(), help: z.string() })
  .openapi('Problem', { description: 'What was expected, what was found, what to change (RFC 9457)' });

const refusals = Object.fromEntries(
  [400, 401, 403, 404, 409, 413, 415, 422, 503].map((status) => [
    status,
    { description: 'Refused', content: { 'application/problem+json': { schema: problemSchema } } },
  ]),
);

const evidenceRoute = createRoute({
  method: 'post',
  path: '/v1/evidence',
  summary: "Submit a gate result with the job's OIDC token",
  security: [{ oidc: [] }],
  request: {
    body: {
      required: true,
      content: {
        'multipart/form-data': {
          schema: z.object({
            result: z.any().openapi({ type: 'string', description: 'The GateResult as JSON' }),
            file: z.any().openapi({ type: 'array', items: { type: 'string', format: 'binary' } }),
          }),
        },
      },
    },
  },
  responses: {
    202: {
      description: 'Believed and stored; the check follows',
      content: {
        'application/json': {
          schema: z.object({ accepted: z.literal(true), gate: gateNameSchema, result_sha256: z.string() }),
        },
      },
    },
    ...refusals,
  },
});

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
  request: { params: z.object({ tag: z.string() }), query: z.object({ repository: z.string().optional() }) },
  responses: {
    200: { description: 'The release', content: { 'application/json': { schema: releaseSchema } } },
    ...refusals,
  },
});

/** The HTTP API. Its OpenAPI description at `/v1/openapi.json` is made from the same schemas. */
export function createApi(ports: ApiPorts): OpenAPIHono {
  const api = new OpenAPIHono({
    defaultHook: (checked, { req }) =>
      checked.success ? undefined : answerProblem(req.raw, invalidRequest(checked.error)),
  });
  api.use(
    '/v1/evidence',
    bodyLimit({
      maxSize: submissionLimits.totalBytes + 10 * 1_048_576,
      onError: ({ req }) => answerProblem(req.raw, tooLarge),
    }),
  );
  api.openAPIRegistry.registerComponent('schemas', 'GateResult', z.toJSONSchema(gateResultSchema) as object);
  api.openAPIRegistry.registerComponent('securitySchemes', 'oidc', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'OIDC token of a GitHub Actions job, with the address of the Conductor as audience',
  });
  api.openAPIRegistry.registerComponent('securitySchemes', 'signature', {
    type: 'apiKey',
    in: 'header',
    name: 'X-Conductor-Signature',
    description:
      'HMAC-SHA256 (`sha256=<hex>`) of timestamp, repository, path and body, joined by line feeds; the first two and the login are in X-Conductor-Timestamp (seconds), -Repository and -Caller',
  });
  // Described, but read by `readSubmission`: the validator would keep every file in memory twice.
  api.openAPIRegistry.registerPath(evidenceRoute);
  api.post(evidenceRoute.path, async (context) => {
    const { span } = ports.tracing ?? silentTracing;
    const parent = context.req.header('traceparent');
    const report = await span('POST /v1/evidence', { parent }, () => acceptEvidence(context.req.raw, ports));
    return context.json(
      { accepted: true as const, gate: report.gate, result_sha256: report.resultSha256 },
      202,
    );
  });
  api.openapi(listRoute, async (context) => {
    const { repository } = context.req.valid('query');
    const seen = await newestReadable(ports.database, viewerOf(context), {
      kind: 'release',
      ...(repository && { repository }),
    });
    return context.json({ releases: seen.map(toRelease) }, 200);
  });
  api.openapi(oneRoute, async (context) => {
    const { repository } = context.req.valid('query');
    const key = context.req.valid('param').tag;
    const [stored] = await listAggregates(ports.database, {
      kind: 'release',
      key,
      ...(repository && { repository }),
    });
    if (stored === undefined) throw new RequestProblem(unknownRelease);
    return context.json(toRelease(stored), 200);
  });
  addAudit(api, ports.database);
  addPromotions(api, ports, refusals);
  addCommands(api, ports, refusals);
  addKpis(api, ports.database);
  addBaselines(api, ports, refusals);
  addOrganisation(api, ports, refusals);
  addGovernance(api, ports.database, refusals);
  api.get('/.well-known/release-conductor/keys.json', async (context) =>
    context.body(renderKeySet(await ports.keyRing()), 200, { 'content-type': 'application/json' }),
  );
  api.doc31('/v1/openapi.json', { openapi: '3.1.0', info: { title: 'Release Conductor', version: '1' } });
  api.notFound(({ req }) => answerProblem(req.raw, unknownPlace));
  api.onError((error, { req }) =>
    answerProblem(req.raw, refusedByFramework(error) ?? explain(error, ports.log)),
  );
  return api;
}

async function acceptEvidence(request: Request, ports: ApiPorts): ReturnType<typeof takeIn> {
  const token = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  try {
    if (token === undefined) throw new RequestProblem(tokenMissing);
    const claims = await ports.oidc.verify(token, ports.now());
    // Any job on GitHub can get a token for us: bytes are taken from where the App is installed alone.
    await ports.forgeFor(claims.repository);
    const { result, files } = await readSubmission(request, ports.blobs);
    const report = await takeIn({ claims, result, files }, ports);
    ports.evidenceReceived(result.gate, 'accepted');
    ports.log.info(
      { repository: claims.repository, gate: result.gate, verdict: result.verdict, sha: result.subject.sha },
      'A gate result was accepted',
    );
    return report;
  } catch (error) {
    const code = error instanceof ConductorError ? error.code : 'INTERNAL';
    ports.evidenceReceived('any', code);
    ports.log.warn({ code, reason: (error as Error).message }, 'A gate result was refused');
    throw error;
  }
}

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

/** Our errors keep their code and help, as does a store that is down; what is else is a defect and is told nothing of. */
function explain(error: unknown, log: Log): Problem {
  if (error instanceof RequestProblem) return { ...pick(error), status: error.status };
  if (error instanceof VerificationError) return { ...pick(error), status: 401 };
  if (error instanceof ProviderError && error.retryable) return { ...pick(error), status: 503 };
  if (error instanceof ConductorError) return { ...pick(error), status: 422 };
  log.error(
    { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    'A request failed',
  );
  return outageOf(error) === null ? unexpectedProblem : problemOfStore(error);
}

function pick({ code, message, help }: ConductorError): Omit<Problem, 'status'> {
  return { code, message, help };
}

const tokenMissing: Problem = {
  status: 401,
  code: 'TOKEN_MISSING',
  message: 'There is no bearer token in the Authorization header',
  help: 'Submit from a job of GitHub Actions with `permissions: id-token: write`.',
};
const tooLarge: Problem = {
  status: 413,
  code: 'SUBMISSION_TOO_LARGE',
  message: 'The submission is larger than 64 MiB',
  help: 'Narrow what the gate reads.',
};
const unknownRelease: Problem = {
  status: 404,
  code: 'RELEASE_UNKNOWN',
  message: 'There is no release of this tag',
  help: 'List the releases at /v1/releases.',
};
const unknownPlace: Problem = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'There is nothing at this address',
  help: 'The API is described at /v1/openapi.json.',
};

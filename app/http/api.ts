import { OpenAPIHono } from '@hono/zod-openapi';
import { ConductorError, ProviderError, VerificationError } from '../../core/errors.ts';
import { renderKeySet } from '../../core/evidence/key-set.ts';
import type { TrustedKey } from '../../core/ports/signer.ts';
import type { Log } from '../../core/ports/system.ts';
import { outageOf } from '../flow/outage.ts';
import { addAudit } from './audit.ts';
import { addBaselines } from './baselines.ts';
import { addCommands } from './commands.ts';
import { addEvidence, type EvidencePorts } from './evidence.ts';
import { addGovernance } from './governance.ts';
import { invalidRequest, refusedByFramework } from './invalid-request.ts';
import { addKpis } from './kpis.ts';
import { addOrganisation } from './organisation.ts';
import { type Problem, problemOfStore, RequestProblem, unexpectedProblem } from './problem.ts';
import { answerProblem } from './problem-page.ts';
import { addPromotions } from './promotions.ts';
import { addReleases } from './releases.ts';
import type { CallerSecrets } from './signed-callers.ts';

export interface ApiPorts extends EvidencePorts {
  readonly callerSecrets: CallerSecrets;
  /** Public keys: the one in use, then those before it. */
  readonly keyRing: () => Promise<readonly TrustedKey[]>;
}

/** The HTTP API. Its OpenAPI description at `/v1/openapi.json` is made from the same schemas. */
export function createApi(ports: ApiPorts): OpenAPIHono {
  const api = new OpenAPIHono({
    defaultHook: (checked, { req }) =>
      checked.success ? undefined : answerProblem(req.raw, invalidRequest(checked.error)),
  });
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
  addEvidence(api, ports);
  addReleases(api, ports.database);
  addAudit(api, ports.database);
  addPromotions(api, ports);
  addCommands(api, ports);
  addKpis(api, ports.database);
  addBaselines(api, ports);
  addOrganisation(api, ports);
  addGovernance(api, ports.database);
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

const unknownPlace: Problem = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'There is nothing at this address',
  help: 'The API is described at /v1/openapi.json.',
};

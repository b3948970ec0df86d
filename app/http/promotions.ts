import { createHash } from 'node:crypto';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { OidcVerifier } from '../../adapters/oidc/verifier.ts';
import { readAggregate, useToken } from '../../adapters/postgres/index.ts';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import type { OidcClaims } from '../../core/evidence/claims.ts';
import { checkWorkflow } from '../../core/evidence/intake-workflow.ts';
import type { Command } from '../../core/commands/command.ts';
import {
  disagreements,
  promotionCommand,
  promotionRequestSchema,
  requestNumber,
  rollbackCommand,
  rollbackRequestSchema,
} from '../../core/release/promotion-request.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import type { IntakePorts } from '../evidence/intake.ts';
import { readTrustContext } from '../evidence/trust-context.ts';
import { applyEvents } from '../flow/apply.ts';
import { RequestProblem } from './problem.ts';

export interface PromotionPorts extends IntakePorts {
  readonly oidc: OidcVerifier;
}

type Refusals = Parameters<typeof createRoute>[0]['responses'];

const acceptedSchema = z.object({
  accepted: z.literal(true),
  release: z.string(),
  command: z.string(),
  trace_id: z.string(),
  tracking_issue: z.number().describe('The answer is posted there, and in the audit log'),
});

/** The pipeline's way to command a release: the same question to the policy as a comment's, for the job's actor. */
export function addPromotions(api: OpenAPIHono, ports: PromotionPorts, refusals: Refusals): void {
  const accepted = (description: string) => ({
    202: { description, content: { 'application/json': { schema: acceptedSchema } } },
    ...refusals,
  });
  const promotions = createRoute({
    method: 'post',
    path: '/v1/promotions',
    summary: 'Ask for the next step of a release',
    security: [{ oidc: [] }],
    request: {
      body: { required: true, content: { 'application/json': { schema: promotionRequestSchema } } },
    },
    responses: accepted('Taken; the policy decides'),
  });
  const rollbacks = createRoute({
    method: 'post',
    path: '/v1/rollbacks',
    summary: 'Ask for the last verified version',
    security: [{ oidc: [] }],
    request: { body: { required: true, content: { 'application/json': { schema: rollbackRequestSchema } } } },
    responses: accepted('Taken; the policy decides'),
  });
  api.openapi(promotions, async (context) => {
    const request = context.req.valid('json');
    const caller = await authenticate(context.req.header('authorization'), ports);
    const issued = await issue(caller, '/v1/promotions', request, ports, (state) => {
      const [first] = disagreements(request, state);
      if (first !== undefined) throw refused(409, first.code, first.message);
      return promotionCommand(state);
    });
    return context.json(issued, 202);
  });
  api.openapi(rollbacks, async (context) => {
    const request = context.req.valid('json');
    const caller = await authenticate(context.req.header('authorization'), ports);
    return context.json(
      await issue(caller, '/v1/rollbacks', request, ports, () => rollbackCommand(request)),
      202,
    );
  });
}

/**
 * Who asks: the actor of a run of a workflow that the base branch trusts. A re-run keeps the first actor's name
 * although somebody else started it, so it commands nothing.
 */
async function authenticate(header: string | undefined, ports: PromotionPorts): Promise<OidcClaims> {
  const token = /^Bearer (\S+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) throw refused(401, 'TOKEN_MISSING', 'there is no bearer token');
  const claims = await ports.oidc.verify(token, ports.now());
  if (!commandingEvents.has(claims.event_name)) {
    throw refused(403, 'EVENT_NOT_ALLOWED', `a run of ${claims.event_name} may not command a release`);
  }
  if (claims.run_attempt !== 1) throw refused(403, 'RERUN', 'a re-run does not say who started it');
  const forge = await ports.forgeFor(claims.repository);
  const trust = await readTrustContext(claims, claims.sha, forge, ports.database);
  const refusal = checkWorkflow({ claims, ...trust });
  if (refusal !== null) throw new RequestProblem(refusal);
  return claims;
}

/** Events whose actor is the person who wanted the run. */
const commandingEvents = new Set(['workflow_dispatch', 'repository_dispatch', 'push']);

async function issue(
  claims: OidcClaims,
  path: string,
  request: { readonly version: string; readonly trace_id: string },
  ports: PromotionPorts,
  commandFor: (state: ReleaseState) => Command,
): Promise<z.infer<typeof acceptedSchema>> {
  const ref = { kind: 'release', repository: claims.repository, key: request.version } as const;
  const stored = await readAggregate(ports.database, ref);
  if (stored === null) throw refused(404, 'RELEASE_UNKNOWN', `there is no release ${request.version}`);
  const state = stored.state as ReleaseState;
  const { trackingIssue } = state;
  if (trackingIssue === null)
    throw refused(409, 'RELEASE_NOT_READY', 'the release has no tracking issue yet');
  const command = commandFor(state);
  const bodySha256 = createHash('sha256').update(canonicalJson(request)).digest('hex');
  const event = {
    type: 'command.issued',
    command,
    actor: { login: claims.actor, type: claims.actor.endsWith('[bot]') ? 'Bot' : 'User' },
    source: {
      commentId: requestNumber(path, request.trace_id),
      issue: trackingIssue,
      isPullRequest: false,
      url: `run ${claims.run_id} of ${claims.workflow_ref}`,
      bodySha256,
    },
  } as const;
  await ports.database.transaction(async (tx) => {
    const now = ports.now();
    const token = { jti: claims.jti, expiresAt: claims.exp * 1_000 };
    if (!(await useToken(tx, token, bodySha256, now))) {
      throw refused(403, 'TOKEN_REPLAYED', 'this token was used for another request before');
    }
    await applyEvents(tx, [{ ref, event }], ports, now);
  });
  return {
    accepted: true,
    release: request.version,
    command: command.name,
    trace_id: request.trace_id,
    tracking_issue: trackingIssue,
  };
}

function refused(status: number, code: string, message: string): RequestProblem {
  return new RequestProblem({
    status,
    code,
    message,
    help: help[code] ?? 'The API is described at /v1/openapi.json.',
  });
}

const help: Readonly<Record<string, string>> = {
  TOKEN_MISSING: 'Ask from a job of GitHub Actions with `permissions: id-token: write`.',
  EVENT_NOT_ALLOWED: `Start the workflow by one of: ${[...commandingEvents].join(', ')}.`,
  RERUN: 'Start a new run.',
  TOKEN_REPLAYED: 'Request a new token for each request.',
  RELEASE_UNKNOWN: 'List the releases at /v1/releases.',
  RELEASE_NOT_READY: 'Ask again in a moment.',
  STEPS_DIFFER: 'Send the steps of `release.canary.steps` of the tagged commit.',
  GATE_NOT_REQUIRED: 'Add the gate to `release.required_gates`, or leave it out.',
};

import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Command } from '../../core/commands/command.ts';
import { noOptions } from '../../core/commands/command.ts';
import {
  disagreements,
  promotionCommand,
  promotionRequestSchema,
  rollbackCommand,
  rollbackRequestSchema,
} from '../../core/release/promotion-request.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { authenticate, type CommandPorts, issueCommand, readSubject } from './callers.ts';
import { refusals } from './refusals.ts';
import { refused } from './refused.ts';
import type { Caller } from './signed-callers.ts';
import { signedRequest } from './signed-request.ts';

const acceptedSchema = z.object({
  accepted: z.literal(true),
  release: z.string(),
  command: z.string(),
  trace_id: z.string(),
  tracking_issue: z.number().describe('The answer is posted there, and in the audit log'),
});

/** The pipeline's way to command a release: the same question to the policy as a comment's, for the job's actor. */
export function addPromotions(api: OpenAPIHono, ports: CommandPorts): void {
  const accepted = (description: string) => ({
    202: { description, content: { 'application/json': { schema: acceptedSchema } } },
    ...refusals,
  });
  const promotions = createRoute({
    method: 'post',
    path: '/v1/promotions',
    summary: 'Ask for the next step of a release',
    security: [{ oidc: [] }, { signature: [] }],
    request: {
      body: { required: true, content: { 'application/json': { schema: promotionRequestSchema } } },
    },
    responses: accepted('Taken; the policy decides'),
  });
  const rollbacks = createRoute({
    method: 'post',
    path: '/v1/rollbacks',
    summary: 'Ask for the last verified version',
    security: [{ oidc: [] }, { signature: [] }],
    request: { body: { required: true, content: { 'application/json': { schema: rollbackRequestSchema } } } },
    responses: accepted('Taken; the policy decides'),
  });
  api.openapi(promotions, async (context) => {
    const request = context.req.valid('json');
    const caller = await authenticate(await signedRequest(context.req), ports);
    const issued = await issue(caller, '/v1/promotions', request, ports, (state) => {
      const [first] = disagreements(request, state);
      if (first !== undefined) throw refused(409, first.code, first.message);
      return promotionCommand(state);
    });
    return context.json(issued, 202);
  });
  api.openapi(rollbacks, async (context) => {
    const request = context.req.valid('json');
    const caller = await authenticate(await signedRequest(context.req), ports);
    return context.json(
      await issue(caller, '/v1/rollbacks', request, ports, () => rollbackCommand(request)),
      202,
    );
  });
}

async function issue(
  caller: Caller,
  path: string,
  request: { readonly version: string; readonly trace_id: string },
  ports: CommandPorts,
  commandFor: (state: ReleaseState) => Command,
): Promise<z.infer<typeof acceptedSchema>> {
  const ref = { kind: 'release', repository: caller.repository, key: request.version } as const;
  const state = await readSubject<ReleaseState>(ports, ref);
  const { trackingIssue } = state;
  if (trackingIssue === null)
    throw refused(409, 'RELEASE_NOT_READY', 'the release has no tracking issue yet');
  const command = commandFor(state);
  const invocation = { command, options: noOptions };
  await issueCommand(caller, { ref, invocation, issue: trackingIssue, path, body: request }, ports);
  return {
    accepted: true,
    release: request.version,
    command: command.name,
    trace_id: request.trace_id,
    tracking_issue: trackingIssue,
  };
}

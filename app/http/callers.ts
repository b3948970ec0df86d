import { createHash } from 'node:crypto';
import type { OidcVerifier } from '../../adapters/oidc/verifier.ts';
import { readAggregate, useToken } from '../../adapters/postgres/index.ts';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import type { Invocation } from '../../core/commands/command.ts';
import type { OidcClaims } from '../../core/evidence/claims.ts';
import { checkWorkflow } from '../../core/evidence/intake-workflow.ts';
import type { AggregateRef, CommandSource } from '../../core/flow/event.ts';
import { requestNumber } from '../../core/release/promotion-request.ts';
import type { IntakePorts } from '../evidence/intake.ts';
import { readTrustContext, runOfClaims } from '../evidence/trust-context.ts';
import { applyEvents } from '../flow/apply.ts';
import { bearerToken } from './bearer.ts';
import { RequestProblem } from './problem.ts';
import { commandingEvents, refused } from './refused.ts';
import { type Caller, type CallerSecrets, readSignedCaller, type SignedRequest } from './signed-callers.ts';

export interface CommandPorts extends IntakePorts {
  readonly oidc: OidcVerifier;
  readonly callerSecrets: CallerSecrets;
}

/** A job of GitHub Actions by its token, anybody else by a signature. */
export async function authenticate(request: SignedRequest, ports: CommandPorts): Promise<Caller> {
  if (request.header('x-conductor-signature') !== undefined) {
    return readSignedCaller(request, ports.callerSecrets, ports.now());
  }
  const claims = await readJob(request.header('authorization'), ports);
  return {
    repository: claims.repository,
    actor: claims.actor,
    url: `run ${claims.run_id} of ${claims.workflow_ref}`,
    token: { jti: claims.jti, expiresAt: claims.exp * 1_000 },
  };
}

/**
 * Who asks: the actor of a run of a workflow that the base branch trusts. A re-run keeps the first actor's name
 * although somebody else started it, so it commands nothing.
 */
async function readJob(header: string | undefined, ports: CommandPorts): Promise<OidcClaims> {
  const token = bearerToken(header);
  if (token === undefined) throw refused(401, 'TOKEN_MISSING', 'there is no bearer token');
  const claims = await ports.oidc.verify(token, ports.now());
  if (!commandingEvents.has(claims.event_name)) {
    throw refused(403, 'EVENT_NOT_ALLOWED', `a run of ${claims.event_name} may not command a release`);
  }
  if (claims.run_attempt !== 1) throw refused(403, 'RERUN', 'a re-run does not say who started it');
  const forge = await ports.forgeFor(claims.repository);
  const trust = await readTrustContext(runOfClaims(claims, claims.sha), forge, ports.database);
  const refusal = checkWorkflow({ claims, ...trust });
  if (refusal !== null) throw new RequestProblem(refusal);
  return claims;
}

/** The state of a release or a pull request that a request is about. */
export async function readSubject<State>(ports: CommandPorts, ref: AggregateRef): Promise<State> {
  const stored = await readAggregate(ports.database, ref);
  if (stored !== null) return stored.state as State;
  throw ref.kind === 'release'
    ? refused(404, 'RELEASE_UNKNOWN', `there is no release ${ref.key}`)
    : refused(404, 'CHANGE_UNKNOWN', `the pull request ${ref.key} is not known here`);
}

/** A request that commands something, and the job that sent it. */
export interface CommandRequest {
  readonly ref: AggregateRef;
  readonly invocation: Invocation;
  /** Where the reply is posted. */
  readonly issue: number;
  readonly path: string;
  readonly body: { readonly trace_id: string };
}

/**
 * Lets the release or the pull request hear the command as if it had been written in a comment. The same trace is the
 * same command; a token commands once.
 *
 * @returns the command's key in the aggregate's answers.
 */
export async function issueCommand(
  caller: Caller,
  { ref, invocation, issue, path, body }: CommandRequest,
  ports: CommandPorts,
): Promise<string> {
  const bodySha256 = createHash('sha256').update(canonicalJson(body)).digest('hex');
  const source: CommandSource = {
    commentId: requestNumber(path, body.trace_id),
    issue,
    isPullRequest: ref.kind === 'change',
    url: caller.url,
    bodySha256,
  };
  const actor = { login: caller.actor, type: caller.actor.endsWith('[bot]') ? 'Bot' : 'User' } as const;
  await ports.database.transaction(async (tx) => {
    const now = ports.now();
    if (!(await useToken(tx, caller.token, bodySha256, now))) {
      throw refused(403, 'TOKEN_REPLAYED', 'this token was used for another request before');
    }
    const event = { type: 'command.issued', ...invocation, actor, source } as const;
    await applyEvents(tx, [{ ref, event }], ports, now);
  });
  return `${source.commentId}/${invocation.command.name}`;
}

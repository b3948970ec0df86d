import type { Need } from './access.ts';
import type { Github } from './github.ts';
import type { Identity } from './identity.ts';
import type { RepositoryState } from './world.ts';

export type Json = Record<string, unknown>;

/** One request, after authentication and access control. */
export interface Call {
  readonly method: string;
  /** Path as sent, without the query. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The parsed JSON object; empty when the request has none. */
  readonly body: Json;
  readonly raw: Uint8Array;
  readonly who: Identity;
}

export interface Answer {
  readonly status: number;
  /** `null`: no body. Bytes are sent as they are, everything else as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Who made the answer: the forwarded ones are checked against GitHub's description but never fail a test. */
  readonly source?: 'emulate';
}

/** One operation of the API. `operation` is spelled as in GitHub's description. */
export interface Route {
  readonly operation: string;
  readonly needs: Need;
  readonly answer: (call: Call, github: Github) => Answer | Promise<Answer>;
}

/** An operation below `/repos/{owner}/{repo}`. */
export type RepositoryHandler = (
  call: Call,
  repository: RepositoryState,
  github: Github,
) => Answer | Promise<Answer>;

export const ok = (body: unknown, headers?: Readonly<Record<string, string>>): Answer => ({
  status: 200,
  body,
  ...(headers === undefined ? {} : { headers }),
});
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent = (): Answer => ({ status: 204, body: null });

/** A route whose repository is looked up first: an unknown one is answered with 404. */
export function onRepository(operation: string, needs: Need, handler: RepositoryHandler): Route {
  return {
    operation,
    needs,
    answer: (call, github) => handler(call, github.world.repositoryOf(call.params), github),
  };
}

/** A route that emulate answers, in the caller's own name. */
export function forwarded(operation: string, needs: Need): Route {
  return { operation, needs, answer: (call, github) => github.upstream.forward(call) };
}

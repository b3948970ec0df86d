import type { Identity } from './identity.ts';
import type { Json } from './json.ts';

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

export const ok = (body: unknown, headers?: Readonly<Record<string, string>>): Answer => ({
  status: 200,
  body,
  ...(headers === undefined ? {} : { headers }),
});
export const created = (body: unknown): Answer => ({ status: 201, body });
export const noContent = (): Answer => ({ status: 204, body: null });

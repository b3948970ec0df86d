import type { HonoRequest } from 'hono';
import type { SignedRequest } from './signed-callers.ts';

/** What a signature speaks of, from a request whose body was read already. */
export async function signedRequest(request: HonoRequest): Promise<SignedRequest> {
  return { path: request.path, body: await request.text(), header: (name) => request.header(name) };
}

import type { Context } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import { seal, unseal } from '../../../core/stepup/seal.ts';

/** How long somebody stays signed in to look, ms. It permits nothing but reading. */
const lifetime = 8 * 3_600_000;
const name = 'rc_reader';
const sealedSchema = z.object({ name: z.literal(name), login: z.string() });

export interface ReaderSessionPorts {
  readonly key: string;
  readonly now: () => number;
  readonly origin: () => string;
}

/** A cookie of its own: who may look is not thereby who may confirm. */
export function startReading(
  context: Context,
  { key, now, origin }: ReaderSessionPorts,
  login: string,
): void {
  setCookie(context, name, seal({ name, login }, now() + lifetime, key), {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: origin().startsWith('https:'),
    maxAge: lifetime / 1_000,
  });
}

export function stopReading(context: Context): void {
  deleteCookie(context, name, { path: '/' });
}

/** Who reads; null: nobody is signed in. */
export function readerOf(
  request: Request,
  { key, now }: Pick<ReaderSessionPorts, 'key' | 'now'>,
): string | null {
  const cookies = (request.headers.get('cookie') ?? '').split(/;\s*/);
  const value = cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
  return sealedSchema.safeParse(unseal(value, now(), key)).data?.login ?? null;
}

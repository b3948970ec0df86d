import { z } from 'zod';
import { InputError } from '../../core/errors.ts';

/** The audience that a token for the Conductor must have: its address without a trailing slash. */
export function audienceOf(conductorUrl: string): string {
  return conductorUrl.replace(/\/+$/, '');
}

/** Address of one of its pages. Throws `InputError` for anything that a token must not be sent to. */
export function conductorEndpoint(conductorUrl: string, path: string): URL {
  const url = URL.canParse(conductorUrl) ? new URL(`${audienceOf(conductorUrl)}${path}`) : null;
  const loopback = url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback))) return url;
  throw new InputError(
    'CONDUCTOR_URL_INVALID',
    `conductor-url must be an https address, found ${JSON.stringify(conductorUrl)}.`,
    'Give the address under which the Conductor is reached; plain http is only for loopback, because the request carries a token.',
  );
}

/** How the Conductor says why it refuses (RFC 9457). */
export const problemSchema = z.object({ code: z.string(), message: z.string(), help: z.string() });

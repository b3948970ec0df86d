import { z } from 'zod';
import { InputError } from '../errors.ts';
import type { TrustedKey } from '../ports/signer.ts';
import { trustedKeyFromPem } from './keys.ts';

/** What `/.well-known/release-conductor/keys.json` holds: the keys whose evidence may be believed. */
export const keySetSchema = z.strictObject({
  keys: z
    .array(
      z.strictObject({
        hint: z.string().optional().describe('SHA-256 of the SPKI DER, hex; computed when absent'),
        pem: z.string(),
        repositories: z
          .array(z.string())
          .optional()
          .describe('Repositories that it may sign for; absent: all'),
        not_after: z.iso.datetime().optional().describe('It was replaced: what it signed counts up to then'),
        revoked_at: z.iso.datetime().optional().describe('Nothing that it signed counts any more'),
      }),
    )
    .min(1),
});

const help = 'give a PEM public key, or the keys.json of the Conductor';

/** The document that a Conductor publishes about its own keys. */
export function renderKeySet(keys: readonly TrustedKey[]): string {
  const shown = keys.map(({ notAfter, revokedAt, ...key }) => ({
    ...key,
    ...(notAfter === undefined ? {} : { not_after: new Date(notAfter).toISOString() }),
    ...(revokedAt === undefined ? {} : { revoked_at: new Date(revokedAt).toISOString() }),
  }));
  return `${JSON.stringify({ keys: shown }, null, 2)}\n`;
}

/**
 * Reads trusted keys from a PEM file (one or several public keys) or from a key set in JSON.
 *
 * @throws InputError `BAD_KEY`
 */
export function parseTrustedKeys(content: string): readonly TrustedKey[] {
  // What editors on Windows put before a text to say that it is UTF-8.
  const text = content.replace(/^\uFEFF/, '');
  if (text.includes('PRIVATE KEY') || text.trimStart().startsWith('-----BEGIN')) return parsePem(text);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new InputError('BAD_KEY', 'expected PEM or JSON', help, { cause });
  }
  const parsed = keySetSchema.safeParse(json);
  if (!parsed.success) {
    const [{ path, message } = { path: [], message: 'invalid' }] = parsed.error.issues;
    const where = path.length === 0 ? '' : `${path.join('.')}: `;
    throw new InputError('BAD_KEY', `expected {"keys": [{"pem": …}]}: ${where}${message}`, help);
  }
  return parsed.data.keys.map((key) => {
    const trusted: TrustedKey = {
      ...trustedKeyFromPem(key.pem, key.repositories),
      ...(key.not_after === undefined ? {} : { notAfter: Date.parse(key.not_after) }),
      ...(key.revoked_at === undefined ? {} : { revokedAt: Date.parse(key.revoked_at) }),
    };
    if (key.hint === undefined || key.hint === trusted.hint) return trusted;
    throw new InputError('BAD_KEY', `the key says hint ${key.hint}, it has ${trusted.hint}`, help);
  });
}

function parsePem(text: string): readonly TrustedKey[] {
  const blocks = text.match(/-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----/g) ?? [text];
  return blocks.map((block) => trustedKeyFromPem(block));
}

import { z } from 'zod';
import { ConfigError, ProviderError } from '../../core/errors.ts';

const documentSchema = z.object({ issuer: z.string(), jwks_uri: z.url() });

/**
 * Where the issuer publishes its keys (OpenID Connect Discovery 1.0, section 4). The document must name
 * exactly the issuer that was asked for, and keys on the same origin: a redirect elsewhere is refused.
 *
 * @throws ConfigError `OIDC_ISSUER` when the issuer is not an http(s) address or names itself differently
 * @throws ProviderError `OIDC_ISSUER_UNAVAILABLE` when it does not answer as documented
 */
export async function discoverKeysUrl(issuer: string, get: typeof fetch): Promise<URL> {
  const document = await readDocument(issuer, get);
  if (document.issuer !== issuer) {
    throw new ConfigError(
      'OIDC_ISSUER',
      `expected the issuer to name itself ${issuer}, it says ${document.issuer}`,
      'set OIDC_ISSUER to exactly what its discovery document says',
    );
  }
  const keys = new URL(document.jwks_uri);
  if (keys.origin === new URL(issuer).origin) return keys;
  throw new ConfigError(
    'OIDC_ISSUER',
    `expected the keys of ${issuer} on the same origin, found ${keys.origin}`,
    'use an issuer that publishes its own keys',
  );
}

async function readDocument(issuer: string, get: typeof fetch): Promise<z.infer<typeof documentSchema>> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  try {
    const answer = await get(url, { redirect: 'error', signal: AbortSignal.timeout(5_000) });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return documentSchema.parse(await answer.json());
  } catch (cause) {
    throw new ProviderError(
      'OIDC_ISSUER_UNAVAILABLE',
      `${url} did not answer with a discovery document`,
      'check OIDC_ISSUER and that the Conductor can reach it',
      { retryable: true, cause },
    );
  }
}

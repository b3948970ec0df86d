import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { ProviderError, VerificationError } from '../../core/errors.ts';
import { type OidcClaims, oidcClaimsSchema } from '../../core/evidence/claims.ts';
import { discoverKeysUrl } from './discovery.ts';

export interface OidcOptions {
  /** Exactly the `iss` of the tokens, e.g. `https://token.actions.githubusercontent.com`. */
  readonly issuer: string;
  /** Exactly the `aud` of the tokens: the Conductor's own address. */
  readonly audience: string;
  readonly fetch: typeof fetch;
}

export interface OidcVerifier {
  /**
   * Checks signature (RS256 only), issuer, audience and times of a job's token. `now` in ms since the epoch.
   *
   * @throws VerificationError `TOKEN_MALFORMED`, `TOKEN_SIGNATURE`, `TOKEN_EXPIRED`, `TOKEN_CLAIMS`
   * @throws ProviderError `OIDC_ISSUER_UNAVAILABLE` (retryable) when the issuer's keys cannot be read
   */
  verify(token: string, now: number): Promise<OidcClaims>;
}

/** Clock difference between the issuer and us that is tolerated, seconds. */
const skewSeconds = 30;
/** GitHub's tokens live for minutes; one that claims to be older is refused whatever its `exp` says. */
const maxAgeSeconds = 3_600;
const maxTokenLength = 16_384;

/** Discovers and caches the issuer's keys. Keep one verifier for the life of the process. */
export function createOidcVerifier(options: OidcOptions): OidcVerifier {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return {
    async verify(token, now) {
      if (token.length > maxTokenLength) throw malformed('the token is longer than 16 KiB');
      keys ??= readKeys(options);
      const found = await keys.catch((error: unknown) => {
        keys = undefined; // ask again next time
        throw error;
      });
      return parseClaims(await verifySignature(token, found, options, now));
    },
  };
}

async function readKeys(options: OidcOptions): Promise<JWTVerifyGetKey> {
  const url = await discoverKeysUrl(options.issuer, options.fetch);
  return createRemoteJWKSet(url, {
    [customFetch]: (address, init) => options.fetch(address, { ...init, redirect: 'error' } as RequestInit),
    timeoutDuration: 5_000,
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
  });
}

async function verifySignature(
  token: string,
  keys: JWTVerifyGetKey,
  options: OidcOptions,
  now: number,
): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer: options.issuer,
      audience: options.audience,
      clockTolerance: skewSeconds,
      maxTokenAge: maxAgeSeconds,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'iat', 'jti', 'sub'],
    });
    return payload;
  } catch (error) {
    throw translate(error, options);
  }
}

function parseClaims(payload: unknown): OidcClaims {
  const parsed = oidcClaimsSchema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new VerificationError(
    'TOKEN_CLAIMS',
    `the token's claims are not those of a GitHub Actions job: ${places}`,
    'request the token in a job of GitHub Actions with `permissions: id-token: write`',
  );
}

/** jose's error classes, in our words. The token itself never becomes part of a message. */
function translate(error: unknown, { issuer, audience }: OidcOptions): Error {
  if (error instanceof errors.JWTExpired) {
    return new VerificationError(
      'TOKEN_EXPIRED',
      `the token has expired (${error.claim})`,
      'request a new token',
    );
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new VerificationError(
      'TOKEN_CLAIMS',
      `the claim ${error.claim} is not what it must be (expected issuer ${issuer}, audience ${audience})`,
      "request the token with the Conductor's address as audience",
    );
  }
  if (
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  ) {
    return new VerificationError(
      'TOKEN_SIGNATURE',
      `the token is not signed with RS256 by a key of ${issuer}`,
      'submit from a job of the GitHub instance that this Conductor serves',
    );
  }
  if (
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JOSENotSupported
  ) {
    return malformed('expected a compact JWT');
  }
  return new ProviderError(
    'OIDC_ISSUER_UNAVAILABLE',
    `the keys of ${issuer} could not be read`,
    'check OIDC_ISSUER and that the Conductor can reach it',
    { retryable: true, cause: error },
  );
}

function malformed(message: string): VerificationError {
  return new VerificationError(
    'TOKEN_MALFORMED',
    message,
    'send `Authorization: Bearer <OIDC token of the job>`',
  );
}

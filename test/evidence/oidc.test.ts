import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createOidcVerifier, type OidcVerifier } from '../../adapters/oidc/verifier.ts';

const issuer = 'https://token.example.test';
const audience = 'https://conductor.example.test';
const now = 1_800_000_000_000;
const seconds = now / 1_000;
const sha = 'a'.repeat(40);

const claims: JWTPayload = {
  iss: issuer,
  aud: audience,
  sub: 'repo:acme/shop:pull_request',
  jti: 'one',
  iat: seconds - 10,
  nbf: seconds - 10,
  exp: seconds + 300,
  repository: 'acme/shop',
  run_id: '42',
  run_attempt: '1',
  sha,
  ref: 'refs/pull/7/merge',
  workflow_ref: 'acme/shop/.github/workflows/gates.yml@refs/pull/7/merge',
  workflow_sha: sha,
  event_name: 'pull_request',
  actor: 'mona',
};

/** The issuer as a fake port: counts what is asked of it. */
class Issuer {
  requests: string[] = [];
  down = false;
  discovery: Record<string, unknown> = { issuer, jwks_uri: `${issuer}/keys` };
  keys: unknown[] = [];
  readonly fetch: typeof fetch = async (input) => {
    const url = String(input);
    this.requests.push(url);
    if (this.down) throw new TypeError('fetch failed');
    if (url.endsWith('/openid-configuration')) return Response.json(this.discovery);
    return Response.json({ keys: this.keys });
  };
}

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;
let keys: KeyPair;
let strangers: KeyPair;
let published: Record<string, unknown>;

beforeAll(async () => {
  keys = await generateKeyPair('RS256', { extractable: true });
  strangers = await generateKeyPair('RS256', { extractable: true });
  published = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
});

function setUp(): { issuer: Issuer; verifier: OidcVerifier } {
  const source = new Issuer();
  source.keys = [published];
  return { issuer: source, verifier: createOidcVerifier({ issuer, audience, fetch: source.fetch }) };
}

const sign = (
  payload: JWTPayload,
  key: KeyPair['privateKey'] = keys.privateKey,
  kid = 'k1',
): Promise<string> => new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid }).sign(key);

describe('the token of a job', () => {
  it('gives its claims, with numbers as numbers', async () => {
    const { verifier } = setUp();
    const verified = await verifier.verify(await sign(claims), now);
    expect(verified).toMatchObject({ repository: 'acme/shop', run_id: 42, run_attempt: 1, jti: 'one' });
  });

  it('is verified with cached keys the second time', async () => {
    const { issuer: source, verifier } = setUp();
    await verifier.verify(await sign(claims), now);
    await verifier.verify(await sign(claims), now);
    expect(source.requests).toEqual([`${issuer}/.well-known/openid-configuration`, `${issuer}/keys`]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['another issuer', { iss: 'https://evil.example.test' }, 'TOKEN_CLAIMS'],
    ['an issuer that only starts alike', { iss: `${issuer}.evil.test` }, 'TOKEN_CLAIMS'],
    ['another audience', { aud: 'https://other.example.test' }, 'TOKEN_CLAIMS'],
    ['an audience that only starts alike', { aud: `${audience}/` }, 'TOKEN_CLAIMS'],
    ['several audiences', { aud: [audience, 'https://other.example.test'] }, 'TOKEN_CLAIMS'],
    ['a past expiry', { exp: seconds - 31 }, 'TOKEN_EXPIRED'],
    ['a start in the future', { nbf: seconds + 60 }, 'TOKEN_CLAIMS'],
    ['an issue time in the future', { iat: seconds + 60 }, 'TOKEN_CLAIMS'],
    ['an issue time long ago', { iat: seconds - 7_200 }, 'TOKEN_EXPIRED'],
    ['no identifier', { jti: undefined }, 'TOKEN_CLAIMS'],
    ['an empty identifier', { jti: '' }, 'TOKEN_CLAIMS'],
    ['no expiry', { exp: undefined }, 'TOKEN_CLAIMS'],
    ['no repository', { repository: undefined }, 'TOKEN_CLAIMS'],
    ['a repository that is none', { repository: 'acme/shop/../evil' }, 'TOKEN_CLAIMS'],
    ['a run that is no number', { run_id: '42; drop' }, 'TOKEN_CLAIMS'],
    ['a run of zero', { run_id: '0' }, 'TOKEN_CLAIMS'],
    ['a sha that is none', { sha: 'main' }, 'TOKEN_CLAIMS'],
    ['no workflow', { workflow_ref: undefined }, 'TOKEN_CLAIMS'],
  ])('is refused with %s', async (_name, change, code) => {
    const { verifier } = setUp();
    const token = await sign(JSON.parse(JSON.stringify({ ...claims, ...change })) as JWTPayload);
    await expect(verifier.verify(token, now)).rejects.toMatchObject({ name: 'VerificationError', code });
  });

  it.each<[string, () => Promise<string>, string]>([
    [
      'signed by a stranger under a known key id',
      () => sign(claims, strangers.privateKey),
      'TOKEN_SIGNATURE',
    ],
    ['signed under an unknown key id', () => sign(claims, strangers.privateKey, 'k2'), 'TOKEN_SIGNATURE'],
    ['not signed', async () => new UnsecuredJWT(claims).encode(), 'TOKEN_SIGNATURE'],
    [
      'signed with the public key as a shared secret',
      () =>
        new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
          .sign(new TextEncoder().encode(String(published.n))),
      'TOKEN_SIGNATURE',
    ],
    ['changed after signing', async () => changed(await sign(claims)), 'TOKEN_SIGNATURE'],
    ['no token', async () => 'hello', 'TOKEN_MALFORMED'],
    ['huge', async () => 'a'.repeat(20_000), 'TOKEN_MALFORMED'],
  ])('is refused when it is %s', async (_name, make, code) => {
    const { verifier } = setUp();
    await expect(verifier.verify(await make(), now)).rejects.toMatchObject({ code });
  });
});

function changed(token: string): string {
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const evil = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), repository: 'acme/other' };
  return [header, Buffer.from(JSON.stringify(evil)).toString('base64url'), signature].join('.');
}

describe('the issuer', () => {
  it('that is down is somebody to wait for, and is asked again', async () => {
    const { issuer: source, verifier } = setUp();
    source.down = true;
    await expect(verifier.verify(await sign(claims), now)).rejects.toMatchObject({ retryable: true });
    source.down = false;
    await expect(verifier.verify(await sign(claims), now)).resolves.toMatchObject({ jti: 'one' });
  });

  it.each([
    ['names itself differently', { issuer: 'https://other.example.test', jwks_uri: `${issuer}/keys` }],
    ['publishes keys elsewhere', { issuer, jwks_uri: 'https://evil.example.test/keys' }],
  ])('that %s is refused', async (_name, discovery) => {
    const { issuer: source, verifier } = setUp();
    source.discovery = discovery;
    await expect(verifier.verify(await sign(claims), now)).rejects.toMatchObject({ code: 'OIDC_ISSUER' });
  });
});

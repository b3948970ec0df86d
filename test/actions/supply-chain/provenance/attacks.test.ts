import { describe, expect, it } from 'vitest';
import { newKey } from '../../../support/sigstore/certificates.ts';
import {
  commit,
  now,
  releaseWorkflow,
  repository,
  type Signing,
  SigstoreInstance,
} from '../../../support/sigstore/instance.ts';
import { artifact, codesOf, judge, sigstore, slsaV1, slsaV02, trustedRoot } from './world.ts';

const minute = 60_000;
const otherKey = newKey().publicKey.export({ type: 'spki', format: 'pem' }).toString();
type Bundle = ReturnType<typeof sigstore.attest>;

describe('provenance that holds', () => {
  it.each([
    ['SLSA v1', slsaV1()],
    ['SLSA v0.2', slsaV02()],
    [
      'built by a GitHub-hosted runner',
      slsaV1({ builder: 'https://github.com/actions/runner/github-hosted' }),
    ],
    [
      'one subject of several',
      { ...slsaV1(), subject: [{ digest: { sha256: '0'.repeat(64) } }, ...slsaV1().subject] },
    ],
  ])('is trusted: %s', async (_, statement) => {
    const { verdict, findings, artifacts } = await judge(sigstore.attest(statement));
    expect(findings).toMatchObject([{ code: 'provenance-trusted', level: 'notice' }]);
    expect({ verdict, trusted: artifacts[0]?.trusted }).toEqual({ verdict: 'pass', trusted: true });
  });

  it('outweighs another attestation that does not', async () => {
    const forged = sigstore.attest(slsaV1(), {
      identity: `${repository}/.github/workflows/pr.yml@refs/heads/x`,
    });
    const { verdict, findings } = await judge([forged, sigstore.attest(slsaV1())]);
    expect(verdict).toBe('pass');
    expect(findings.map(({ code }) => code)).toEqual(['provenance-trusted', 'attestation-ignored']);
  });
});

describe('a valid signature by somebody else', () => {
  const workflow = (path: string, ref = 'refs/tags/v1.4.0') =>
    `${repository}/.github/workflows/${path}@${ref}`;
  it.each<readonly [string, Signing, string[]]>([
    ['another workflow', { identity: workflow('deploy.yml') }, ['builder-unexpected', 'identity-unexpected']],
    [
      'the workflow on a branch',
      { identity: workflow('release.yml', 'refs/heads/main') },
      ['builder-unexpected', 'identity-unexpected'],
    ],
    [
      'an identity that ours is a prefix of',
      { identity: `${releaseWorkflow}-rc` },
      ['builder-unexpected', 'identity-unexpected'],
    ],
    [
      'an identity that ends in ours',
      { identity: `https://evil.test/?${releaseWorkflow}` },
      ['builder-unexpected', 'identity-unexpected'],
    ],
    [
      'an identity of another case',
      { identity: releaseWorkflow.replace('acme', 'Acme') },
      ['builder-unexpected', 'identity-unexpected'],
    ],
    [
      'a repository that ours is a prefix of',
      { identity: releaseWorkflow.replace('/shop/', '/shop-evil/') },
      ['builder-unexpected', 'identity-unexpected'],
    ],
    ['another issuer', { issuer: 'https://gitlab.com' }, ['issuer-unexpected']],
    [
      'an issuer that ours is a prefix of',
      { issuer: 'https://token.actions.githubusercontent.com.evil.test' },
      ['issuer-unexpected'],
    ],
    [
      'a run of another repository',
      { claims: { repository: 'https://github.com/mallory/shop' } },
      ['provenance-contradicts-certificate', 'source-repository-unexpected'],
    ],
    [
      'a run of another ref',
      { claims: { ref: 'refs/heads/main' } },
      ['provenance-contradicts-certificate', 'source-ref-unexpected'],
    ],
    [
      'a run of another commit',
      { claims: { commit: 'b'.repeat(40) } },
      ['provenance-contradicts-certificate', 'source-commit-unexpected'],
    ],
    ['a self-hosted runner', { claims: { runner: 'self-hosted' } }, ['builder-unexpected']],
    ['a runner that nobody names', { claims: { runner: null } }, ['builder-unexpected']],
  ])('%s is refused', async (_, signing, codes) => {
    const verdict = await judge(sigstore.attest(slsaV1(), signing));
    expect(codesOf(verdict)).toEqual(codes);
    expect(verdict).toMatchObject({ verdict: 'fail', artifacts: [{ trusted: false, relied: [] }] });
  });

  it('is named in the finding, with what was expected', async () => {
    const identity = workflow('deploy.yml', 'refs/heads/main');
    const { findings } = await judge(sigstore.attest(slsaV1(), { identity }));
    const found = findings.find(({ code }) => code === 'identity-unexpected');
    expect(found?.message).toContain(`by \`${identity}\``);
    expect(found?.message).toContain(`expected \`${releaseWorkflow}\``);
    expect(found).toMatchObject({ path: 'attestations/shop.json', data: { signer: identity } });
  });

  it('is not trusted under two names of which one is ours', async () => {
    const verdict = await judge(sigstore.attest(slsaV1(), { otherIdentity: 'mallory@evil.test' }));
    expect(codesOf(verdict)).toEqual(['certificate-untrusted']);
  });
});

describe('provenance that says something else', () => {
  it.each([
    ['another digest', slsaV1({ digest: { sha256: '0'.repeat(64) } }), ['subject-mismatch']],
    ['a weak digest only', slsaV1({ digest: { sha1: '0'.repeat(40) } }), ['subject-mismatch']],
    [
      'one digest right and one wrong',
      slsaV1({ digest: { ...slsaV1().subject[0]?.digest, sha512: '0'.repeat(128) } }),
      ['subject-mismatch'],
    ],
    [
      'another repository',
      slsaV1({ repository: 'https://github.com/mallory/shop' }),
      ['provenance-contradicts-certificate', 'source-repository-unexpected'],
    ],
    [
      'another ref',
      slsaV1({ ref: 'refs/heads/main' }),
      ['provenance-contradicts-certificate', 'source-ref-unexpected'],
    ],
    [
      'another commit',
      slsaV1({ commit: 'b'.repeat(40) }),
      ['provenance-contradicts-certificate', 'source-commit-unexpected'],
    ],
    ['another builder', slsaV1({ builder: 'https://evil.test/builder' }), ['builder-unexpected']],
    [
      'inputs that nobody expects',
      slsaV1({ inputs: { skip_tests: 'true' } }),
      ['workflow-inputs-unexpected'],
    ],
    [
      'another commit, in v0.2',
      slsaV02({ sha1: 'b'.repeat(40) }),
      ['provenance-contradicts-certificate', 'source-commit-unexpected'],
    ],
    [
      'inputs that nobody expects, in v0.2',
      slsaV02({ parameters: { event_inputs: { debug: true } } }),
      ['workflow-inputs-unexpected'],
    ],
    [
      'no source at all',
      slsaV02({ uri: 'pkg:npm/shop' }),
      ['source-ref-unexpected', 'source-repository-unexpected'],
    ],
    ['nothing of the build', { ...slsaV1(), predicate: {} }, ['provenance-malformed']],
    [
      'a statement of a later version',
      { ...slsaV1(), _type: 'https://in-toto.io/Statement/v9' },
      ['statement-malformed'],
    ],
    [
      'only an SBOM',
      { ...slsaV1(), predicateType: 'https://spdx.dev/Document', predicate: {} },
      ['provenance-missing'],
    ],
  ])('%s is refused', async (_, statement, codes) => {
    const verdict = await judge(sigstore.attest(statement));
    expect(codesOf(verdict)).toEqual(codes);
    expect(verdict.verdict).toBe('fail');
  });
});

describe('a signature that does not hold', () => {
  const good = sigstore.attest(slsaV1()) as Bundle & {
    dsseEnvelope: { payload: string; signatures: { sig: string }[] };
  };
  const other = sigstore.attest(slsaV1()) as typeof good;
  const entry = good.verificationMaterial.tlogEntries[0] ?? {};
  const withEntry = (change: object) => ({
    ...good,
    verificationMaterial: { ...good.verificationMaterial, tlogEntries: [{ ...entry, ...change }] },
  });
  it.each<readonly [string, unknown, string]>([
    [
      'a changed payload',
      { ...good, dsseEnvelope: { ...good.dsseEnvelope, payload: payloadOf(slsaV1({ builder: 'x' })) } },
      'log-entry-invalid',
    ],
    [
      'a signature of another',
      { ...good, dsseEnvelope: { ...good.dsseEnvelope, signatures: other.dsseEnvelope.signatures } },
      'log-entry-invalid',
    ],
    [
      'the certificate of another',
      {
        ...good,
        verificationMaterial: {
          ...good.verificationMaterial,
          certificate: other.verificationMaterial.certificate,
        },
      },
      'signature-invalid',
    ],
    [
      'the log entry of another',
      {
        ...good,
        verificationMaterial: {
          ...good.verificationMaterial,
          tlogEntries: other.verificationMaterial.tlogEntries,
        },
      },
      'log-entry-invalid',
    ],
    [
      'a log entry that names another signer',
      sigstore.attest(slsaV1(), { loggedAs: otherKey }),
      'log-entry-invalid',
    ],
    ['no log entry', sigstore.attest(slsaV1(), { withoutLog: true }), 'log-entry-missing'],
    [
      'a log entry without a promise: no proven time',
      withEntry({ inclusionPromise: undefined }),
      'signing-time-unproven',
    ],
    [
      'a log entry at another time than promised',
      withEntry({ integratedTime: String(now / 1_000 + 60) }),
      'log-entry-invalid',
    ],
    [
      'no proof that the certificate was logged',
      sigstore.attest(slsaV1(), { withoutSct: true }),
      'certificate-untrusted',
    ],
    [
      'a certificate that had ended when it signed',
      sigstore.attest(slsaV1(), { certifiedAt: now, loggedAt: now + 11 * minute }),
      'certificate-untrusted',
    ],
    [
      'a certificate that had not begun',
      sigstore.attest(slsaV1(), { certifiedAt: now, loggedAt: now - minute }),
      'certificate-untrusted',
    ],
    [
      'a certificate of before the authority',
      sigstore.attest(slsaV1(), { certifiedAt: Date.parse('2024-01-01') }),
      'certificate-untrusted',
    ],
    ['another sigstore of the same name', new SigstoreInstance().attest(slsaV1()), 'certificate-untrusted'],
    [
      'a later version of bundles',
      { ...good, mediaType: 'application/vnd.dev.sigstore.bundle.v9.9+json' },
      'attestation-unreadable',
    ],
  ])('%s is refused', async (_, bundle, code) => {
    expect(codesOf(await judge(bundle))).toEqual([code]);
  });

  it('is told of apart from the log when the log is not asked for', async () => {
    const withoutLog = sigstore.attest(slsaV1(), { withoutLog: true });
    const verdict = await judge(withoutLog, { transparency: { log: 0 } });
    expect(codesOf(verdict), 'a certificate always needs a proven time').toEqual(['signing-time-unproven']);
  });
});

describe('a signature over the artifact', () => {
  const signed = sigstore.signArtifact(artifact);

  it('proves who signed', async () => {
    expect(await judge(signed, { require: ['signature'] })).toMatchObject({ verdict: 'pass' });
  });

  it('proves it in the form of cosign 2 as well', async () => {
    const kinds = { require: ['signature'] };
    expect(await judge(sigstore.signArtifactLikeCosign(artifact), kinds)).toMatchObject({ verdict: 'pass' });
    const foreign = sigstore.signArtifactLikeCosign(artifact, { issuer: 'https://evil.test' });
    expect(codesOf(await judge(foreign, kinds))).toEqual(['issuer-unexpected']);
    const { rekorBundle: _, ...unlogged } = sigstore.signArtifactLikeCosign(artifact);
    expect(codesOf(await judge(unlogged, kinds))).toEqual(['log-entry-missing']);
  });

  it('is no provenance', async () => {
    expect(codesOf(await judge(signed))).toEqual(['provenance-missing']);
  });

  it('counts beside provenance when both are asked for', async () => {
    const both = { require: ['provenance', 'signature'] };
    expect(await judge([signed, sigstore.attest(slsaV1())], both)).toMatchObject({ verdict: 'pass' });
    expect(codesOf(await judge(signed, both))).toEqual(['provenance-missing']);
  });

  it('is refused when it names the digest of another artifact, though nothing vouches for that digest', async () => {
    const messageDigest = { algorithm: 'SHA2_256', digest: Buffer.alloc(32).toString('base64') };
    const { messageSignature } = signed as unknown as { messageSignature: object };
    const renamed = { ...signed, messageSignature: { ...messageSignature, messageDigest } };
    expect(codesOf(await judge(renamed, { require: ['signature'] }))).toEqual(['signature-invalid']);
  });

  it('is refused for another artifact', async () => {
    const verdict = await judge(signed, { require: ['signature'] }, { 'dist/shop.tgz': 'something else' });
    expect(codesOf(verdict)).toEqual(['signature-invalid']);
  });

  it('is refused from the wrong workflow', async () => {
    const foreign = sigstore.signArtifact(artifact, {
      identity: 'https://github.com/acme/x/.github/workflows/a.yml@refs/heads/b',
    });
    expect(codesOf(await judge(foreign, { require: ['signature'] }))).toEqual(['identity-unexpected']);
  });

  it('cannot be checked when only a digest is known', async () => {
    const byDigest = [{ digest: `sha256:${'0'.repeat(64)}`, attestations: ['attestations/**'] }];
    const verdict = await judge(signed, { require: ['signature'], artifacts: byDigest });
    expect(codesOf(verdict)).toEqual(['signature-needs-artifact']);
  });
});

describe('a bundle of an older version', () => {
  const { verificationMaterial, ...content } = sigstore.attest(slsaV1());
  const { certificate, tlogEntries } = verificationMaterial;
  const older = (version: string, certificates: readonly unknown[]) => ({
    ...content,
    mediaType: `application/vnd.dev.sigstore.bundle+json;version=${version}`,
    verificationMaterial: { x509CertificateChain: { certificates }, tlogEntries },
  });

  it.each(['0.1', '0.2'])('carries a chain of certificates: %s', async (version) => {
    expect(await judge(older(version, [certificate]))).toMatchObject({ verdict: 'pass' });
  });

  it('is not read with an empty chain, nor a later one with a chain', async () => {
    expect(codesOf(await judge(older('0.2', [])))).toEqual(['attestation-unreadable']);
    expect(codesOf(await judge(older('0.3', [certificate])))).toEqual(['attestation-unreadable']);
  });
});

describe('what the config allows', () => {
  const shared = 'https://github.com/acme/workflows/.github/workflows/build.yml@refs/tags/v2';
  const bySharedWorkflow = (claims: Signing['claims'] = {}) =>
    sigstore.attest(slsaV1({ builder: shared }), { identity: shared, claims });
  const rc = releaseWorkflow.replace('v1.4.0', 'v1.4.0-rc.1');
  const pattern = (identity: string) => ({
    identities: [{ issuer: 'https://token.actions.githubusercontent.com', identity }],
  });
  it.each<readonly [string, unknown, Readonly<Record<string, unknown>>, 'pass' | 'fail']>([
    [
      'a pattern of refs',
      sigstore.attest(slsaV1()),
      pattern(`${repository}/.github/workflows/release.yml@refs/tags/*`),
      'pass',
    ],
    [
      'a pattern does not reach over a slash',
      sigstore.attest(slsaV1(), { identity: `${releaseWorkflow}/x` }),
      pattern(`${repository}/.github/workflows/release.yml@refs/tags/*`),
      'fail',
    ],
    [
      'a pattern does not reach into another repository',
      sigstore.attest(slsaV1(), { identity: releaseWorkflow.replace('/shop/', '/x/shop/') }),
      pattern('https://github.com/acme/*/.github/workflows/release.yml@refs/tags/*'),
      'fail',
    ],
    [
      'a trusted builder',
      sigstore.attest(slsaV1({ builder: 'https://builders.test/a@v1' })),
      { builders: ['https://builders.test/*@v1'] },
      'pass',
    ],
    [
      'a self-hosted builder that is named',
      sigstore.attest(slsaV1(), { claims: { runner: 'self-hosted' } }),
      { builders: [releaseWorkflow] },
      'pass',
    ],
    [
      'an older commit',
      sigstore.attest(slsaV1({ commit: 'b'.repeat(40) }), { claims: { commit: 'b'.repeat(40) } }),
      { source: { commit: 'any' } },
      'pass',
    ],
    [
      'another ref that is named',
      sigstore.attest(slsaV1({ ref: 'refs/heads/main' }), { claims: { ref: 'refs/heads/main' } }),
      { source: { ref: 'refs/heads/*' } },
      'pass',
    ],
    [
      'another repository that is named',
      sigstore.attest(slsaV1({ repository: 'https://github.com/acme/lib' }), {
        claims: { repository: 'https://github.com/acme/lib' },
      }),
      { source: { repository: 'acme/lib' } },
      'pass',
    ],
    ['a shared workflow of another repository', bySharedWorkflow(), pattern(shared), 'pass'],
    [
      'a shared workflow that somebody else called',
      bySharedWorkflow({ repository: 'https://github.com/mallory/shop' }),
      pattern(shared),
      'fail',
    ],
    [
      'inputs that are named',
      sigstore.attest(slsaV1({ inputs: { level: '3' } })),
      { inputs: { level: 3 } },
      'pass',
    ],
    [
      'an input with another value',
      sigstore.attest(slsaV1({ inputs: { level: '3' } })),
      { inputs: { level: 4 } },
      'fail',
    ],
    ['an input that is missing', sigstore.attest(slsaV1()), { inputs: { level: 3 } }, 'fail'],
    ['any inputs', sigstore.attest(slsaV1({ inputs: { x: 1 } })), { inputs: 'any' }, 'pass'],
    [
      'a signer of a release candidate',
      sigstore.attest(slsaV1({ builder: rc }), { identity: rc }),
      {},
      'fail',
    ],
    [
      'a deployment without certificate logs',
      sigstore.attest(slsaV1(), { withoutSct: true }),
      { transparency: { sct: 0 } },
      'pass',
    ],
  ])('%s', async (_, bundle, options, verdict) => {
    expect((await judge(bundle, options)).verdict).toBe(verdict);
  });
});

it('takes the root of no other instance for its own', async () => {
  const both = `${new SigstoreInstance('other').trustedRoot()}\n${trustedRoot}\n`;
  const bundle = sigstore.attest(slsaV1({ commit }));
  expect((await judge(bundle, {}, { 'trusted_root.json': both })).verdict, 'JSON lines').toBe('pass');
});

function payloadOf(statement: unknown): string {
  return Buffer.from(JSON.stringify(statement)).toString('base64');
}

import { describe, expect, it } from 'vitest';
import { readDeployTrust } from '../../../../actions/supply-chain/provenance/at-deploy.ts';
import { trustedIdentities } from '../../../../actions/supply-chain/provenance/identities.ts';
import { openSignatures } from '../../../../adapters/sigstore/lazy.ts';
import { memoryIo } from '../../../support/memory-io.ts';
import { githubIssuer, releaseWorkflow } from '../../../support/sigstore/instance.ts';
import { codesOf, judge, optionsOf, sigstore, slsaV1, subject } from './world.ts';

const identitiesOf = (change: Readonly<Record<string, unknown>>) =>
  trustedIdentities(optionsOf(change), { repository: 'acme/shop', ref: 'refs/tags/v1' });

describe('whom a config trusts', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'a workflow of the repository at the ref under test',
      { identities: [{ workflow: '.github/workflows/release.yml' }] },
      'https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1',
    ],
    [
      'a workflow at a ref of its own',
      { identities: [{ workflow: '.github/workflows/release.yml', ref: 'refs/tags/v*' }] },
      'https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v*',
    ],
    [
      'a workflow at the ref of the source',
      { identities: [{ workflow: '.github/workflows/a.yml' }], source: { ref: 'refs/heads/main' } },
      'https://github.com/acme/shop/.github/workflows/a.yml@refs/heads/main',
    ],
    [
      'a reusable workflow of another repository',
      { identities: [{ workflow: 'acme/ci/.github/workflows/build.yml', ref: 'refs/tags/v3' }] },
      'https://github.com/acme/ci/.github/workflows/build.yml@refs/tags/v3',
    ],
    [
      'nobody: the own workflows, run for the ref under test',
      { identities: [] },
      'https://github.com/acme/shop/.github/workflows/*@refs/tags/v1',
    ],
    [
      'nobody, and any ref',
      { identities: [], source: { ref: '*' } },
      'https://github.com/acme/shop/.github/workflows/*@refs/**',
    ],
  ])('%s', (_, change, identity) => {
    expect(identitiesOf(change).identities).toEqual([{ issuer: githubIssuer, identity }]);
  });

  it('is nobody with a certificate when keys alone are named', () => {
    expect(identitiesOf({ identities: [], keys: ['cosign.pub'] })).toEqual({
      identities: [],
      derived: false,
    });
  });
});

describe('whom a deployment trusts', () => {
  const deployed = { repository: 'acme/shop', sha: 'a'.repeat(40), ref: 'refs/tags/v1' };

  it('is the own workflows run for the tag when the config of the default branch names nobody', async () => {
    for (const section of [null, {}, { provenance: {} }]) {
      const { policy, anchors } = await readDeployTrust(section, memoryIo({}).files, deployed);
      expect(policy).toMatchObject({
        derived: true,
        identities: [
          { issuer: githubIssuer, identity: 'https://github.com/acme/shop/.github/workflows/*@refs/tags/v1' },
        ],
        source: { commit: deployed.sha, ref: 'refs/tags/v1' },
        inputs: {},
      });
      expect(anchors).toMatchObject({ roots: [], publicGood: true, keys: [] });
    }
  });

  it('is nobody when the section cannot be read', async () => {
    await expect(
      readDeployTrust({ provenance: { identities: 'all' } }, memoryIo({}).files, deployed),
    ).rejects.toMatchObject({ code: 'PROVENANCE_CONFIG_INVALID' });
  });
});

describe('an artifact of a repository that names nobody', () => {
  it('is trusted from its own workflow, and the result says that this was derived', async () => {
    const judged = await judge(sigstore.attest(slsaV1()), { identities: [] });
    expect(judged.verdict).toBe('pass');
    expect(judged.findings.map(({ code }) => code)).toContain('provenance-identity-derived');
    expect(releaseWorkflow).toContain(`https://github.com/${subject.repository}/.github/workflows/`);
  });

  it.each([
    [
      'another repository',
      'https://github.com/acme/shop-tools/.github/workflows/release.yml@refs/heads/main',
    ],
    [
      'a repository with the same end',
      'https://github.com/mallory/acme/shop/.github/workflows/r.yml@refs/heads/main',
    ],
    ['another ref', releaseWorkflow.replace(/@.*/, '@refs/heads/feature')],
    ['something else than a workflow', 'https://github.com/acme/shop/release.yml@refs/heads/main'],
  ])('is refused from %s', async (_, identity) => {
    const judged = await judge(sigstore.attest(slsaV1(), { identity }), { identities: [] });
    expect(codesOf(judged)).toContain('identity-unexpected');
  });
});

describe('the root of the public sigstore', () => {
  it('is trusted when the config names no other, and it alone', async () => {
    const judged = await judge(sigstore.attest(slsaV1()), { trusted_root: undefined });
    expect(codesOf(judged)).toEqual(['certificate-untrusted']);
  });

  it('can be used', async () => {
    const witnesses = { log: 1, sct: 1, timestamp: 1 };
    await expect(openSignatures({ roots: [], publicGood: true, keys: [], witnesses })).resolves.toBeDefined();
  });
});

import { describe, expect, it } from 'vitest';
import { supplyChainGate } from '../../../../actions/supply-chain/gate.ts';
import { parseOptions } from '../../../../core/gate/options.ts';
import { githubIssuer } from '../../../support/sigstore/instance.ts';

const parse = (provenance: unknown) =>
  parseOptions(supplyChainGate.options, { provenance }, 'gates.supply-chain');

describe('options of provenance', () => {
  it('may be left out', () => {
    expect(parse(undefined).provenance).toMatchObject({
      required: false,
      artifacts: [],
      require: ['provenance'],
    });
  });

  it.each([
    [
      'an artifact with path and digest',
      { artifacts: [{ path: 'a', digest: `sha256:${'0'.repeat(64)}`, attestations: ['b'] }] },
      'exactly one of path, digest, digest_file',
    ],
    [
      'an artifact with neither',
      { artifacts: [{ attestations: ['b'] }] },
      'exactly one of path, digest, digest_file',
    ],
    [
      'a digest that is none',
      { artifacts: [{ digest: 'sha1:00', attestations: ['b'] }] },
      'expected sha256:',
    ],
    [
      'a pattern of issuers',
      { identities: [{ issuer: 'https://*', identity: 'a' }] },
      'expected the exact issuer',
    ],
    [
      'an identity that matches everybody',
      { identities: [{ issuer: githubIssuer, identity: '**' }] },
      'spell out scheme, host and owner',
    ],
    [
      'an identity that matches every owner',
      {
        identities: [
          {
            issuer: githubIssuer,
            identity: 'https://github.com/*/shop/.github/workflows/release.yml@refs/heads/main',
          },
        ],
      },
      'spell out scheme, host and owner',
    ],
    [
      'an identity that matches owners with a prefix',
      { identities: [{ issuer: githubIssuer, identity: 'https://github.com/acme*/shop/x' }] },
      'spell out scheme, host and owner',
    ],
    [
      'an address with a pattern',
      { identities: [{ issuer: githubIssuer, identity: '*@acme.test' }] },
      'spell out scheme, host and owner',
    ],
    [
      'an identity and a workflow',
      { identities: [{ issuer: githubIssuer, identity: 'a', workflow: '.github/workflows/a.yml' }] },
      'expected issuer and identity, or workflow',
    ],
    ['an identity without its issuer', { identities: [{ identity: 'a' }] }, 'expected issuer and identity'],
    ['a workflow that is none', { identities: [{ workflow: 'release.yml' }] }, 'expected .github/workflows/'],
    [
      'a workflow of another repository at any ref',
      { identities: [{ workflow: 'acme/ci/.github/workflows/build.yml' }] },
      'needs its ref',
    ],
    ['a ref that is none', { source: { ref: 'main' } }, 'expected refs/'],
    ['no proven signing time', { transparency: { timestamp: 0 } }, 'provenance.transparency.timestamp'],
    ['an unknown key', { trust_root: 'r.json' }, 'did you mean `trusted_root`?'],
    ['the option of the first version', 'required', 'provenance'],
  ])('refuse %s', (_, provenance, message) => {
    expect(() => parse(provenance)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) }),
    );
  });
});

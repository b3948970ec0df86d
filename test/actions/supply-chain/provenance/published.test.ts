import { describe, expect, it } from 'vitest';
import { githubAttestations } from '../../../../adapters/node-io/github-attestations.ts';
import { openSignatures } from '../../../../adapters/sigstore/lazy.ts';
import { memoryIo } from '../../../support/memory-io.ts';
import { artifact, codesOf, digest, judgeIn, sigstore, slsaV1, trustedRoot } from './world.ts';

const api = 'https://api.github.test';
const address = `${api}/repos/acme/shop/attestations/sha256:${digest}?per_page=100`;
const bundle = sigstore.attest(slsaV1());
const published = { artifacts: [{ path: 'dist/shop.tgz' }] };

interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly next?: string;
}

/** GitHub's API with these answers; anything else is unknown to it, which GitHub says with 404. */
function github(answers: Readonly<Record<string, Answer>>, asked: string[] = []) {
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = String(input);
    asked.push(`${url} ${new Headers(init?.headers).get('authorization')}`);
    const { status = 200, body = {}, next } = answers[url] ?? { status: 404 };
    return new Response(JSON.stringify(body), {
      status,
      headers: next === undefined ? {} : { link: `<${next}>; rel="next"` },
    });
  };
  return githubAttestations('secret', { GITHUB_API_URL: api }, fetch);
}

function judged(
  answers: Readonly<Record<string, Answer>> | null,
  options: Readonly<Record<string, unknown>> = published,
  asked: string[] = [],
  files: Readonly<Record<string, string>> = {},
) {
  return judgeIn(
    {
      ...memoryIo({ 'dist/shop.tgz': artifact, 'trusted_root.json': trustedRoot, ...files }),
      signatures: openSignatures,
      ...(answers === null ? {} : { attestations: github(answers, asked) }),
    },
    options,
  );
}

describe('the attestations that GitHub keeps', () => {
  it('are asked by the digest where no file is given, and verified like any bundle', async () => {
    const asked: string[] = [];
    const verdict = await judged({ [address]: { body: { attestations: [{ bundle }] } } }, published, asked);
    expect(verdict).toMatchObject({ verdict: 'pass', artifacts: [{ trusted: true }] });
    expect(asked).toEqual([`${address} Bearer secret`]);
  });

  it('are asked where the named files are not there', async () => {
    const options = { artifacts: [{ path: 'dist/shop.tgz', attestations: ['attestations/**'] }] };
    expect(await judged({ [address]: { body: { attestations: [{ bundle }] } } }, options)).toMatchObject({
      verdict: 'pass',
    });
  });

  it('are not asked where a file attests, be it badly', async () => {
    const asked: string[] = [];
    const options = { artifacts: [{ path: 'dist/shop.tgz', attestations: ['attestations/**'] }] };
    const other = sigstore.attest(slsaV1({ digest: { sha256: '0'.repeat(64) } }));
    const verdict = await judged({ [address]: { body: { attestations: [{ bundle }] } } }, options, asked, {
      'attestations/other.json': JSON.stringify(other),
    });
    expect({ asked, codes: codesOf(verdict) }).toEqual({ asked: [], codes: ['subject-mismatch'] });
  });

  it('are read on every page', async () => {
    const next = `${address}&after=x`;
    const other = sigstore.attest(slsaV1({ digest: { sha256: '0'.repeat(64) } }));
    const verdict = await judged({
      [address]: { body: { attestations: [{ bundle: other }] }, next },
      [next]: { body: { attestations: [{ bundle }] } },
    });
    expect(verdict.verdict).toBe('pass');
  });

  it('prove nothing by being there: a bundle about something else fails', async () => {
    const other = sigstore.attest(slsaV1({ digest: { sha256: '0'.repeat(64) } }));
    const verdict = await judged({ [address]: { body: { attestations: [{ bundle: other }] } } });
    expect({ verdict: verdict.verdict, codes: codesOf(verdict) }).toEqual({
      verdict: 'fail',
      codes: ['subject-mismatch'],
    });
  });

  it('fail when GitHub has none, and the finding says where was looked', async () => {
    for (const answer of [{ status: 404 }, { body: { attestations: [] } }]) {
      const verdict = await judged({ [address]: answer });
      expect(verdict).toMatchObject({
        verdict: 'fail',
        findings: [
          {
            code: 'attestation-missing',
            message: expect.stringContaining("GitHub's attestations of acme/shop"),
          },
        ],
      });
    }
  });

  it.each<[string, Answer]>([
    ['forbids it', { status: 403 }],
    ['is broken', { status: 502 }],
    ['is not understood', { body: [1] }],
    ['shows no bundle', { body: { attestations: [{ bundle: null, bundle_url: 'https://x.test' }] } }],
    ['has no end', { body: { attestations: [{ bundle }] }, next: address }],
  ])('are inconclusive when GitHub %s', async (_, answer) => {
    const verdict = await judged({ [address]: answer });
    expect({ verdict: verdict.verdict, codes: codesOf(verdict) }).toEqual({
      verdict: 'inconclusive',
      codes: ['attestations-unread'],
    });
  });

  it('are inconclusive without a token, where no file is named either', async () => {
    expect(await judged(null)).toMatchObject({
      verdict: 'inconclusive',
      findings: [{ code: 'attestations-unread', message: expect.stringContaining('no token') }],
    });
  });

  it('never send the token to another host', async () => {
    const asked: string[] = [];
    const next = 'https://evil.test/repos/acme/shop/attestations';
    await judged({ [address]: { body: { attestations: [{ bundle }] }, next } }, published, asked);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['acme/tools', 'acme/tools'],
    ['https://github.com/acme/tools.git', 'acme/tools'],
    ['*', 'acme/shop'],
    ['https://git.example.com/acme/tools', 'acme/shop'],
  ])('are those of the source: %s', async (repository, expected) => {
    const asked: string[] = [];
    await judged({}, { ...published, source: { repository } }, asked);
    expect(asked).toEqual([expect.stringContaining(`/repos/${expected}/attestations/sha256:`)]);
  });
});

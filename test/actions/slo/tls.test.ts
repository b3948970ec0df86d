import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { nodeGateIo } from '../../../actions/node-io.ts';
import { runGate } from '../../../actions/run-gate.ts';
import { sloGate } from '../../../actions/slo/gate.ts';
import { guardedTls } from '../../../adapters/node-io/tls-inspector.ts';
import { memoryTree } from '../../support/memory-io.ts';
import { newKey, rootCertificate, serverCertificate } from '../../support/sigstore/certificates.ts';

const day = 86_400_000;
const now = Date.now();
const ca = { name: 'Test CA', key: newKey() };
const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;

/** This machine trusts the test's own authority, as it would a public one. */
const before = getCACertificates('default');
beforeAll(() => setDefaultCACertificates([pem(rootCertificate(ca.name, ca.key, now))]));
afterAll(() => setDefaultCACertificates(before));

interface Shown {
  readonly signed?: 'by itself';
  readonly names?: readonly string[];
  readonly from?: number;
  readonly days: number;
}

async function serve({ signed, names = ['localhost', '127.0.0.1'], from, days }: Shown): Promise<string> {
  const key = newKey();
  const certificate = serverCertificate({
    ...(signed === undefined ? { ca } : {}),
    key,
    names,
    from: from ?? now - 100 * day,
    until: now + days * day + 60_000,
  });
  const server = createServer(
    {
      cert: pem(certificate),
      key: key.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      maxVersion: 'TLSv1.2',
    },
    (_request, response) => response.end('tea'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The slo gate over one golden path. */
async function walk(base: string, more = ''): Promise<{ verdict: string; says: string[]; tls: unknown }> {
  const files = memoryTree({
    'golden_paths.yaml': `base_url: ${base}\npaths:\n  - {name: home, path: /, expect: {status: 200${more}}}\n`,
  });
  const { result, files: evidence } = await runGate(sloGate, {
    rawOptions: {},
    subject: { repository: 'acme/shop', sha: 'a'.repeat(40), ref: 'refs/heads/main' },
    io: nodeGateIo({ files, allowedHosts: ['127.0.0.1'] }),
    configSha256: 'c'.repeat(64),
    tool: { name: 'test', version: '1' },
  });
  const probe = evidence.find(({ path }) => path === 'probes/home.json');
  return {
    verdict: result.verdict,
    says: result.findings.map(({ code, message }) => `${code}: ${message}`),
    tls: (JSON.parse(new TextDecoder().decode(probe?.bytes)) as { tls: unknown }).tls,
  };
}

describe('the certificate of a golden path', () => {
  it('is valid for its host, and long enough', async () => {
    const walked = await walk(await serve({ days: 60 }), ', tls: {days_left: 30, min_version: TLSv1.2}');
    expect(walked).toMatchObject({
      verdict: 'pass',
      says: [],
      tls: { problem: null, protocol: 'TLSv1.2', issuer: 'Test CA', days_left: 60 },
    });
  });

  it.each<[string, Shown, string, string]>([
    ['has expired', { days: -1 }, '', 'it has expired (CERT_HAS_EXPIRED)'],
    ['is of tomorrow', { days: 60, from: now + day }, '', 'it is not valid yet (CERT_NOT_YET_VALID)'],
    [
      'is for another host',
      { days: 60, names: ['shop.example'] },
      '',
      'it is for another host (ERR_TLS_CERT_ALTNAME_INVALID)',
    ],
    [
      'is signed by itself',
      { days: 60, signed: 'by itself' },
      '',
      'it is signed by itself (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
    [
      'ends within the days asked for',
      { days: 20 },
      ', tls: {days_left: 21}',
      'in 20 days; expected at least 21',
    ],
    [
      'comes over an old protocol',
      { days: 60 },
      ', tls: {min_version: TLSv1.3}',
      'speaks TLSv1.2, expected TLSv1.3',
    ],
  ])('fails the path when it %s', async (_name, shown, more, words) => {
    const { verdict, says } = await walk(await serve(shown), more);
    expect(verdict).toBe('fail');
    expect(says).toEqual([expect.stringMatching(/^probe-failed: golden path home/)]);
    expect(says[0]).toContain(words);
  });

  it('warns once when it ends soon and nobody asked', async () => {
    const { verdict, says } = await walk(await serve({ days: 5 }));
    expect(verdict).toBe('warn');
    expect(says).toEqual([expect.stringMatching(/^certificate-expiring: .*in 5 days$/)]);
  });

  it('is not there when nothing answers, and that decides nothing', async () => {
    const { verdict, says } = await walk('https://127.0.0.1:1', ', tls: {days_left: 1}');
    expect(verdict).toBe('inconclusive');
    expect(says).toEqual([expect.stringMatching(/^probe-unreachable: /)]);
  });

  it('is missed where it was asked for and the path is plain http', async () => {
    const { says } = await walk('http://127.0.0.1:1', ', tls: {days_left: 1}');
    expect(says[0]).toContain('plain http, expected TLS');
  });

  it('is not looked at on a host that the config does not name', async () => {
    const inspect = guardedTls(['example.com']);
    await expect(inspect(new URL('https://127.0.0.1:1'), 100)).rejects.toThrow('allows no calls');
  });
});

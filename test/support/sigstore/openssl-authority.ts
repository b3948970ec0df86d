import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const run = promisify(execFile);

/** OpenSSL is not in npm: where it is missing the tests say so. */
export function hasOpenssl(): boolean {
  const found = spawnSync('openssl', ['version'], { stdio: 'ignore' }).status === 0;
  if (!found) console.warn('NOT TESTED against a timestamp authority of OpenSSL: apt-get install openssl');
  return found;
}

export interface OpensslAuthority {
  /** What `TIMESTAMP_URL` would be. */
  readonly url: string;
  /** `trusted_root.json` with this authority alone. */
  readonly trustedRoot: string;
  /** What `openssl ts -verify` says of an answer over these bytes. */
  verify(answer: Uint8Array, data: Uint8Array): Promise<boolean>;
}

/** A timestamp authority (RFC 3161) of OpenSSL behind HTTP on loopback, with a root of its own. */
export async function startOpensslAuthority(): Promise<OpensslAuthority> {
  const folder = await mkdtemp(join(tmpdir(), 'authority-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const openssl = (...args: readonly string[]) => run('openssl', args, { cwd: folder });
  await writeFile(join(folder, 'tsa.cnf'), settings);
  await writeFile(join(folder, 'serial'), '01\n');
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '30',
    '-config',
    'tsa.cnf',
  ];
  await openssl(
    'req',
    '-x509',
    ...key,
    '-subj',
    '/CN=root',
    '-extensions',
    'root',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
  );
  await openssl(
    ...['req', '-x509', ...key, '-subj', '/CN=authority', '-extensions', 'authority'],
    ...['-CA', 'ca.pem', '-CAkey', 'ca.key', '-keyout', 'tsa.key', '-out', 'tsa.pem'],
  );
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    await writeFile(join(folder, 'query.tsq'), Buffer.concat(chunks));
    await openssl('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'query.tsq', '-out', 'answer.tsr');
    response.setHeader('content-type', 'application/timestamp-reply');
    response.end(await readFile(join(folder, 'answer.tsr')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const certificates = await Promise.all(
    ['tsa.pem', 'ca.pem'].map(async (name) => ({
      rawBytes: bodyOf(await readFile(join(folder, name), 'utf8')),
    })),
  );
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsr`,
    trustedRoot: JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [],
      certificateAuthorities: [],
      ctlogs: [],
      timestampAuthorities: [
        {
          subject: { commonName: 'authority', organization: 'openssl' },
          uri: 'http://127.0.0.1',
          certChain: { certificates },
          validFor: { start: '2020-01-01T00:00:00Z' },
        },
      ],
    }),
    async verify(answer, data) {
      await writeFile(join(folder, 'check.tsr'), answer);
      await writeFile(join(folder, 'check.dat'), data);
      return openssl('ts', '-verify', '-in', 'check.tsr', '-data', 'check.dat', '-CAfile', 'ca.pem').then(
        () => true,
        () => false,
      );
    },
  };
}

/** The base64 of a PEM. */
function bodyOf(pem: string): string {
  return pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
}

const settings = `[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[authority]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
certs = ca.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
`;

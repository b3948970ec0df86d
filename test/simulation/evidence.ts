import { createHash } from 'node:crypto';
import type { Blobs } from '../../app/evidence/blobs.ts';
import { VerificationError } from '../../core/errors.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import type { EvidencePorts } from '../../core/evidence/pack.ts';
import type { StoredContent } from '../../core/ports/blob-store.ts';
import type { Process, Scheduler } from './scheduler.ts';

/** A public key that nobody has the private half of: signatures in the simulation are digests. */
const pem = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhBPsdQtw4GUd7377H0qv8SMx5r8n
FuSi02V7J04Y2I3Bw3C8TZ1QX95oqizt2OKElb8E+mFU7gzpObdbZF4s+Q==
-----END PUBLIC KEY-----
`;

const seal = (payload: string, type: string): string =>
  createHash('sha256').update(`sealed\n${type}\n${payload}`).digest('hex');

/** Archives and signatures that are cheap and the same for every run of a seed. */
export function simulatedEvidence(): EvidencePorts {
  return {
    writeArchive: async function* (entries) {
      const files: [string, string][] = [];
      for (const { path, content } of entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
        const bytes = content instanceof Uint8Array ? content : await content.read(0, content.size);
        files.push([path, Buffer.from(bytes).toString('base64')]);
      }
      yield Buffer.from(JSON.stringify(files));
    },
    readArchive: async (source, keep) => {
      const bytes = await source.read(0, source.size);
      const files = (JSON.parse(Buffer.from(bytes).toString()) as [string, string][]).map(
        ([path, content]) => [path, new Uint8Array(Buffer.from(content, 'base64'))] as const,
      );
      return {
        sha256: digest(bytes),
        entries: new Map(
          files.map(([path, content]) => [path, { size: content.byteLength, sha256: digest(content) }]),
        ),
        files: new Map(files.filter(([path]) => keep(path))),
      };
    },
    signer: {
      attest: async (payload, type) => {
        const text = Buffer.from(payload).toString('base64');
        return Buffer.from(JSON.stringify({ text, type, seal: seal(text, type) }));
      },
    },
    trustedKeys: async () => [trustedKeyFromPem(pem)],
    verifyBundle: (bundle, trusted) => {
      const {
        text,
        type,
        seal: found,
      } = JSON.parse(Buffer.from(bundle).toString()) as Record<string, string>;
      const key = trusted[0];
      if (key === undefined || found !== seal(text ?? '', type ?? '')) {
        throw new VerificationError('TAMPERED', 'The seal does not fit', 'Pack again.');
      }
      return { payload: Buffer.from(text ?? '', 'base64'), payloadType: type ?? '', key };
    },
  };
}

/** Evidence bytes that outlive every process; each access is a call that the simulation owns. */
export class BlobServer {
  readonly #contents = new Map<string, Uint8Array>();
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  blobsFor(process: Process): Blobs {
    const put: Blobs['stage'] = async (content) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      const sha256 = digest(bytes);
      await this.#scheduler.call(process, 'blobs put', () => this.#contents.set(sha256, bytes));
      return this.#stored(sha256, bytes);
    };
    return {
      put,
      stage: put,
      keep: async () => {},
      find: (sha256) =>
        this.#scheduler.call(process, 'blobs find', () => {
          const bytes = this.#contents.get(sha256);
          return bytes === undefined ? null : this.#stored(sha256, bytes);
        }),
    };
  }

  #stored(sha256: string, bytes: Uint8Array): StoredContent {
    return {
      sha256,
      size: bytes.byteLength,
      crc32: 0,
      secret: null,
      read: async (offset, length) => bytes.subarray(offset, offset + length),
    };
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

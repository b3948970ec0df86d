import { beforeAll, describe, expect, it } from 'vitest';
import { readZip } from '../../adapters/zip/read-zip.ts';
import { writeZip } from '../../adapters/zip/write-zip.ts';
import { memorySource } from '../../core/evidence/bytes.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import { payloadType } from '../../core/evidence/statement.ts';
import type { Problem } from '../../core/evidence/verification.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import type { BundleVerifier, TrustedKey } from '../../core/ports/signer.ts';
import {
  commit,
  gather,
  inputsFor,
  newPrivateKey,
  packInMemory,
  portsWith,
  repository,
  withAuditTree,
} from './support.ts';

const ports = portsWith(newPrivateKey());
const stranger = portsWith(newPrivateKey());
let good: Awaited<ReturnType<typeof packInMemory>>;
let key: TrustedKey;
let entries: readonly { readonly path: string; readonly bytes: Uint8Array }[];

beforeAll(async () => {
  good = await packInMemory(await withAuditTree(inputsFor(), ports), ports);
  key = trustedKeyFromPem((await ports.signer.publicKey()).pem);
  const { files } = await readZip(memorySource(good.zip));
  entries = [...files].map(([path, bytes]) => ({ path, bytes }));
});

/** The bundle is the same in most mutations: its signature is verified once. */
const seen = new Map<Uint8Array, ReturnType<BundleVerifier>>();
const verifyOnce: BundleVerifier = (bundle, trusted) => {
  const known = bundle === good.bundle ? seen.get(bundle) : undefined;
  const verified = known ?? ports.verifyBundle(bundle, trusted);
  if (bundle === good.bundle) seen.set(bundle, verified);
  return verified;
};

async function problemsOf(change: { zip?: Uint8Array; bundle?: Uint8Array }): Promise<readonly Problem[]> {
  const { zip = good.zip, bundle = good.bundle } = change;
  const report = await verifyEvidence(
    {
      zip: memorySource(zip),
      bundle,
      trustedKeys: [key],
      expected: { repository, tag: 'v1.0.0', commit },
    },
    { readArchive: readZip, verifyBundle: verifyOnce },
  );
  expect(report.ok).toBe(report.problems.length === 0);
  return report.problems;
}

/** Every mutation is refused, and something more telling than "the digest differs" is said of it. */
async function expectAllCaught(mutations: Iterable<readonly [name: string, zip: Uint8Array]>) {
  let count = 0;
  for (const [name, zip] of mutations) {
    const problems = await problemsOf({ zip });
    expect(problems, name).not.toEqual([]);
    const telling = problems.filter(
      ({ entry, message }) => entry !== 'evidence.zip' || !message.startsWith('expected sha256'),
    );
    expect(telling, `${name} is named`).not.toEqual([]);
    count++;
  }
  return count;
}

function changed(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  return bytes.with(at, (bytes[at] as number) ^ mask);
}

/** Where each part of the zip begins: local headers, contents, directory entries, end record. */
function boundaries(): number[] {
  const found: number[] = [];
  let at = 0;
  for (const { path, bytes } of entries) {
    found.push(at, at + 30, at + 30 + path.length);
    at += 30 + path.length + bytes.length;
  }
  for (const { path } of entries) {
    found.push(at, at + 46);
    at += 46 + path.length;
  }
  return [...found, at];
}

/** Every byte that is not content of an entry. */
function structure(): number[] {
  const offsets: number[] = [];
  let at = 0;
  for (const { path, bytes } of entries) {
    for (let n = 0; n < 30 + path.length; n++) offsets.push(at + n);
    at += 30 + path.length + bytes.length;
  }
  for (; at < good.zip.length; at++) offsets.push(at);
  return offsets;
}

describe('a tampered bundle is caught, and what was done is named', () => {
  it('flips: every byte of the structure, low bit and high bit', async () => {
    function* flips() {
      for (const at of structure()) {
        for (const mask of [0x01, 0x80]) yield [`byte ${at} ^ ${mask}`, changed(good.zip, at, mask)] as const;
      }
    }
    expect(await expectAllCaught(flips())).toBeGreaterThan(1_500);
  });

  it('flips: the content of every entry', async () => {
    function* flips() {
      for (let at = 7; at < good.zip.length; at += 11)
        yield [`byte ${at}`, changed(good.zip, at, 4)] as const;
    }
    expect(await expectAllCaught(flips())).toBeGreaterThan(400);
  });

  it('cuts: shorter, longer, or with a hole at every boundary', async () => {
    function* cuts() {
      for (const at of boundaries()) {
        if (at > 0) yield [`ends at ${at}`, good.zip.slice(0, at)] as const;
        if (at > 0) yield [`begins at ${at}`, good.zip.slice(at)] as const;
        for (const hole of [1, 4, 30]) {
          const rest = good.zip.slice(at + hole);
          yield [`${hole} bytes less at ${at}`, joined(good.zip.slice(0, at), rest)] as const;
        }
        for (const more of ['\0', 'PK\x03\x04', 'PK\x05\x06']) {
          const added = new TextEncoder().encode(more);
          yield [
            `${JSON.stringify(more)} more at ${at}`,
            joined(good.zip.slice(0, at), added, good.zip.slice(at)),
          ] as const;
        }
      }
    }
    expect(await expectAllCaught(cuts())).toBeGreaterThan(300);
  });

  it('swaps and reorders: any two contents, any two names, any entry gone, doubled or renamed', async () => {
    const rewritten: [string, Uint8Array][] = [];
    const add = async (name: string, changedEntries: readonly { path: string; bytes: Uint8Array }[]) => {
      const asContent = changedEntries.map(({ path, bytes }) => ({ path, content: bytes }));
      rewritten.push([name, await gather(writeZip(asContent))]);
    };
    for (const [i, a] of entries.entries()) {
      await add(
        `without ${a.path}`,
        entries.filter((one) => one !== a),
      );
      await add(
        `renamed ${a.path}`,
        entries.map((one) => (one === a ? { ...a, path: `x${a.path}` } : one)),
      );
      await add(`doubled ${a.path}`, [...entries, { ...a, path: `x${a.path}` }]);
      await add(
        `emptied ${a.path}`,
        entries.map((one) => (one === a ? { ...a, bytes: new Uint8Array() } : one)),
      );
      for (const b of entries.slice(i + 1)) {
        await add(
          `${a.path} for ${b.path}`,
          entries.map((one) =>
            one === a ? { ...a, bytes: b.bytes } : one === b ? { ...b, bytes: a.bytes } : one,
          ),
        );
      }
    }
    expect(await expectAllCaught(rewritten)).toBeGreaterThanOrEqual(60);
    for (const [index, block] of localBlocks().entries()) {
      const others = localBlocks().filter((one) => one !== block);
      const moved = joined(...others, block, good.zip.slice(directoryStart()));
      if (index < entries.length - 1) await expectAllCaught([[`moved entry ${index}`, moved]]);
    }
  });

  it('re-signs: with another key, under our name, over another zip, with another zip', async () => {
    const theirs = await packInMemory(inputsFor(), stranger);
    const other = await packInMemory(inputsFor({ releaseNotes: 'Slower.' }), ports);
    const cases: [string, { zip?: Uint8Array; bundle?: Uint8Array }, string][] = [
      ['their signature', { bundle: theirs.bundle }, 'UNKNOWN_KEY'],
      ['their signature with our hint', { bundle: withHint(theirs.bundle, key.hint) }, 'TAMPERED'],
      ['our signature of another zip', { bundle: other.bundle }, 'TAMPERED'],
      ['another zip with this signature', { zip: other.zip }, 'TAMPERED'],
      ['our signature of something else', { bundle: await ours('{}') }, 'UNSIGNED'],
    ];
    for (const [name, change, code] of cases) {
      expect(
        (await problemsOf(change)).map((found) => found.code),
        name,
      ).toContain(code);
    }
  });

  it('flips: every byte of the signature bundle', async () => {
    for (let at = 0; at < good.bundle.length - 1; at++) {
      expect(await problemsOf({ bundle: changed(good.bundle, at, 1) }), `byte ${at}`).not.toEqual([]);
    }
  });
});

async function ours(text: string): Promise<Uint8Array> {
  return ports.signer.attest(new TextEncoder().encode(text), payloadType);
}

function withHint(bundle: Uint8Array, hint: string): Uint8Array {
  const json = JSON.parse(new TextDecoder().decode(bundle));
  json.verificationMaterial.publicKey.hint = hint;
  json.dsseEnvelope.signatures[0].keyid = hint;
  return new TextEncoder().encode(JSON.stringify(json));
}

function directoryStart(): number {
  return entries.reduce((at, { path, bytes }) => at + 30 + path.length + bytes.length, 0);
}

function localBlocks(): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  let at = 0;
  for (const { path, bytes } of entries) {
    const end = at + 30 + path.length + bytes.length;
    blocks.push(good.zip.slice(at, end));
    at = end;
  }
  return blocks;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

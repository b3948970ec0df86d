import { readZip } from '../../../adapters/zip/read-zip.ts';
import { writeZip } from '../../../adapters/zip/write-zip.ts';
import { memorySource } from '../../../core/evidence/bytes.ts';
import { trustedKeyFromPem } from '../../../core/evidence/keys.ts';
import { manifestPath, renderManifest } from '../../../core/evidence/manifest.ts';
import { payloadType } from '../../../core/evidence/statement.ts';
import type { Problem } from '../../../core/evidence/verification.ts';
import { verifyEvidence } from '../../../core/evidence/verify.ts';
import type { BundleVerifier, TrustedKey } from '../../../core/ports/signer.ts';
import {
  commit,
  gather,
  inputsFor,
  newPrivateKey,
  packInMemory,
  portsWith,
  repository,
  signUnverified,
  withAuditTree,
} from '../support.ts';
import type { Mutation } from './mutation.ts';
import { boundariesOf, partsOf, structureOf } from './zip-layout.ts';
import { zipTricks } from './zip-tricks.ts';

/** What lies beside each other at a release. */
export interface Files {
  readonly zip: Uint8Array;
  readonly bundle: Uint8Array;
}

interface Entry {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A good release, everything that can be done to it, and what `verify` says then. */
export class TamperedBundle {
  readonly good: Files;
  readonly #entries: readonly Entry[];
  readonly #key: TrustedKey;
  readonly #ports: ReturnType<typeof portsWith>;
  readonly #stranger = portsWith(newPrivateKey());
  readonly #verified = new Map<Uint8Array, ReturnType<BundleVerifier>>();

  private constructor(
    good: Files,
    entries: readonly Entry[],
    key: TrustedKey,
    ports: ReturnType<typeof portsWith>,
  ) {
    this.good = good;
    this.#entries = entries;
    this.#key = key;
    this.#ports = ports;
  }

  static async make(): Promise<TamperedBundle> {
    const ports = portsWith(newPrivateKey());
    const good = await packInMemory(await withAuditTree(inputsFor(), ports), ports);
    const { files } = await readZip(memorySource(good.zip));
    const entries = [...files].map(([path, bytes]) => ({ path, bytes }));
    return new TamperedBundle(good, entries, trustedKeyFromPem((await ports.signer.publicKey()).pem), ports);
  }

  async problemsOf({ zip, bundle }: Files): Promise<readonly Problem[]> {
    const report = await verifyEvidence(
      {
        zip: memorySource(zip),
        bundle,
        trustedKeys: [this.#key],
        expected: { repository, tag: 'v1.0.0', commit },
      },
      { readArchive: readZip, verifyBundle: this.#verifyOnce },
    );
    if (report.ok !== (report.problems.length === 0)) throw new Error('the report contradicts itself');
    return report.problems;
  }

  /** Refused, and something more telling than "the digest differs" is said of it. */
  readonly isNamed = async (files: Files): Promise<boolean> => {
    const problems = await this.problemsOf(files);
    return problems.some(
      ({ entry, message }) => entry !== 'evidence.zip' || !message.startsWith('expected sha256'),
    );
  };

  async *mutations(): AsyncGenerator<Mutation<Files>> {
    yield* this.#flips();
    yield* this.#cuts();
    yield* this.#swaps();
    yield* this.#mixed();
    yield* this.#reorders();
    yield* this.#resigned();
  }

  /** Every byte of the zip's structure, low bit and high bit; every eleventh of its content; every one of the signature. */
  *#flips(): Generator<Mutation<Files>> {
    for (const at of structureOf(this.good.zip, this.#entries)) {
      for (const mask of [0x01, 0x80])
        yield this.#zip('flip', `byte ${at} ^ ${mask}`, flipped(this.good.zip, at, mask));
    }
    for (let at = 7; at < this.good.zip.length; at += 11) {
      yield this.#zip('flip', `byte ${at} ^ 4`, flipped(this.good.zip, at, 4));
    }
    const { bundle } = this.good;
    for (let at = 0; at < bundle.length - 1; at++) {
      yield this.#bundle('flip', `byte ${at} of the signature`, flipped(bundle, at, 1));
    }
  }

  /** Shorter, longer, or with a hole at every boundary. */
  *#cuts(): Generator<Mutation<Files>> {
    const { zip, bundle } = this.good;
    for (const at of boundariesOf(this.#entries)) {
      if (at > 0) yield this.#zip('cut', `ends at ${at}`, zip.slice(0, at));
      if (at > 0) yield this.#zip('cut', `begins at ${at}`, zip.slice(at));
      for (const hole of [1, 4, 30]) {
        yield this.#zip('cut', `${hole} bytes less at ${at}`, joined(zip.slice(0, at), zip.slice(at + hole)));
      }
      for (const more of ['\0', 'PK\x03\x04', 'PK\x05\x06']) {
        const added = new TextEncoder().encode(more);
        const name = `${JSON.stringify(more)} more at ${at}`;
        yield this.#zip('cut', name, joined(zip.slice(0, at), added, zip.slice(at)));
      }
    }
    for (let at = 0; at < bundle.length; at += 16) {
      yield this.#bundle('cut', `signature ends at ${at}`, bundle.slice(0, at));
    }
  }

  /** Any entry gone, renamed, doubled or emptied; any two contents, and any two headers of the directory. */
  async *#swaps(): AsyncGenerator<Mutation<Files>> {
    const entries = this.#entries;
    for (const [index, one] of entries.entries()) {
      const others = entries.filter((entry) => entry !== one);
      const changes: readonly [string, readonly Entry[]][] = [
        [`without ${one.path}`, others],
        [`renamed ${one.path}`, [...others, { ...one, path: `x${one.path}` }]],
        [`doubled ${one.path}`, [...entries, { ...one, path: `x${one.path}` }]],
        [`emptied ${one.path}`, [...others, { ...one, bytes: new Uint8Array() }]],
      ];
      for (const [name, changed] of changes) yield this.#zip('swap', name, await zipOf(changed));
      for (const two of entries.slice(index + 1)) {
        const rest = others.filter((entry) => entry !== two);
        const contents = [...rest, { ...one, bytes: two.bytes }, { ...two, bytes: one.bytes }];
        yield this.#zip('swap', `${one.path} for ${two.path}`, await zipOf(contents));
      }
    }
  }

  /** An entry of another release of ours in its place, and what two readers could read differently. */
  async *#mixed(): AsyncGenerator<Mutation<Files>> {
    const other = await packInMemory(inputsFor({ releaseNotes: 'Slower.' }), this.#ports);
    const { files } = await readZip(memorySource(other.zip));
    for (const { path, bytes } of this.#entries) {
      const theirs = files.get(path);
      if (theirs === undefined || Buffer.compare(theirs, bytes) === 0) continue;
      const mixed = this.#entries.map((entry) => (entry.path === path ? { path, bytes: theirs } : entry));
      yield this.#zip('swap', `${path} of another release`, await zipOf(mixed));
    }
    for (const [name, zip] of zipTricks(partsOf(this.good.zip, this.#entries)))
      yield this.#zip('swap', name, zip);
  }

  /** Any entry at any other place, in the file and in the directory. */
  *#reorders(): Generator<Mutation<Files>> {
    const { blocks, lines, end } = partsOf(this.good.zip, this.#entries);
    for (const from of blocks.keys()) {
      for (const to of blocks.keys()) {
        if (from === to) continue;
        const name = `entry ${from} at place ${to}`;
        yield this.#zip('reorder', `${name} of the file`, joined(...moved(blocks, from, to), ...lines, end));
        yield this.#zip(
          'reorder',
          `${name} of the directory`,
          joined(...blocks, ...moved(lines, from, to), end),
        );
      }
    }
  }

  /** By somebody else, over something else; and by the right key, over what was changed entry by entry. */
  async *#resigned(): AsyncGenerator<Mutation<Files>> {
    const { good } = this;
    const theirs = await packInMemory(inputsFor(), this.#stranger);
    const other = await packInMemory(inputsFor({ releaseNotes: 'Slower.' }), this.#ports);
    const nothing = await this.#ports.signer.attest(new TextEncoder().encode('{}'), payloadType);
    const cases: readonly [string, Files][] = [
      ['their signature', { ...good, bundle: theirs.bundle }],
      ['their signature with our hint', { ...good, bundle: withHint(theirs.bundle, this.#key.hint) }],
      ['their signature of their zip', theirs],
      ['our signature of another zip', { ...good, bundle: other.bundle }],
      ['another zip with this signature', { ...good, zip: other.zip }],
      ['our signature of something else', { ...good, bundle: nothing }],
    ];
    for (const [name, changed] of cases) yield { kind: 're-sign', name, changed };
    for (const { path } of this.#entries.filter((entry) => entry.path !== manifestPath)) {
      for (const [what, change] of entryChanges) {
        for (const [who, ports] of [
          ['us', this.#ports],
          ['a stranger', this.#stranger],
        ] as const) {
          const inputs = await withAuditTree(inputsFor(), ports);
          const changed = await signUnverified(inputs, ports, (entries, manifest) =>
            change(path, entries, manifest),
          );
          yield { kind: 're-sign', name: `${path} ${what}, signed again by ${who}`, changed };
        }
      }
    }
  }

  /** The signature is the same in most mutations: it is verified once. */
  readonly #verifyOnce: BundleVerifier = (bundle, trusted) => {
    if (bundle !== this.good.bundle) return this.#ports.verifyBundle(bundle, trusted);
    const verified = this.#verified.get(bundle) ?? this.#ports.verifyBundle(bundle, trusted);
    this.#verified.set(bundle, verified);
    return verified;
  };

  #zip(kind: Mutation<Files>['kind'], name: string, zip: Uint8Array): Mutation<Files> {
    return { kind, name, changed: { ...this.good, zip } };
  }

  #bundle(kind: Mutation<Files>['kind'], name: string, bundle: Uint8Array): Mutation<Files> {
    return { kind, name, changed: { ...this.good, bundle } };
  }
}

/** What somebody who signs again may do to an entry, with a manifest that tells of it or does not. */
const entryChanges: readonly [string, (...args: ChangeArgs) => ChangeArgs[1]][] = [
  [
    'changed',
    (path, entries) =>
      entries.map((entry) => (entry.path === path ? { ...entry, content: edited(entry.content) } : entry)),
  ],
  ['left out', (path, entries) => entries.filter((entry) => entry.path !== path)],
  [
    'struck from the manifest',
    (path, entries, manifest) =>
      entries.map((entry) =>
        entry.path === manifestPath
          ? {
              ...entry,
              content: renderManifest({
                ...manifest,
                entries: manifest.entries.filter((one) => one.path !== path),
              }),
            }
          : entry,
      ),
  ],
];
type ChangeArgs = [string, ...Parameters<NonNullable<Parameters<typeof signUnverified>[2]>>];

function edited(content: ChangeArgs[1][number]['content']): Uint8Array {
  if (!(content instanceof Uint8Array)) return new TextEncoder().encode('another file');
  return flipped(content, content.length >> 1, 1);
}

function flipped(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  return bytes.with(at, (bytes[at] as number) ^ mask);
}

function zipOf(entries: readonly Entry[]): Promise<Uint8Array> {
  return gather(writeZip(entries.map(({ path, bytes }) => ({ path, content: bytes }))));
}

function withHint(bundle: Uint8Array, hint: string): Uint8Array {
  const json = JSON.parse(new TextDecoder().decode(bundle));
  json.verificationMaterial.publicKey.hint = hint;
  json.dsseEnvelope.signatures[0].keyid = hint;
  return new TextEncoder().encode(JSON.stringify(json));
}

function moved<Value>(list: readonly Value[], from: number, to: number): readonly Value[] {
  const rest = list.toSpliced(from, 1);
  return rest.toSpliced(to, 0, list[from] as Value);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

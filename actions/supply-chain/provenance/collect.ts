import { createHash } from 'node:crypto';
import { ConfigError } from '../../../core/errors.ts';
import type { GateIo } from '../../../core/gate/gate.ts';
import type { SignatureVerifier, TrustAnchors } from '../../../core/ports/attestations.ts';
import { type FoundDocument, parseSignedDocuments } from './documents.ts';
import {
  type ArtifactFacts,
  type AttestationFacts,
  type Digest,
  digestAlgorithms,
  type ProvenanceFacts,
  parseDigest,
} from './facts.ts';
import type { ProvenanceOptions } from './options.ts';

const maxAnchorBytes = 1_024 * 1_024;
const maxAttestationBytes = 16 * 1_024 * 1_024;
const maxArtifactBytes = 1_024 * 1_024 * 1_024;

/** An artifact as far as it is known here: its content, or only a digest. */
export interface NamedArtifact {
  readonly name: string;
  readonly digests: readonly Digest[];
  readonly bytes: Uint8Array | null;
}

/** A file with attestations, parsed. */
export interface AttestationFile {
  readonly path: string;
  readonly found: readonly FoundDocument[];
}

type ArtifactOption = ProvenanceOptions['artifacts'][number];

/**
 * Reads artifacts and attestations, and verifies every signature against the configured anchors.
 *
 * @throws ConfigError when a trust anchor is missing or cannot be used
 */
export async function collectProvenance(options: ProvenanceOptions, io: GateIo): Promise<ProvenanceFacts> {
  if (options.artifacts.length === 0) return { state: 'not-configured' };
  if (io.signatures === undefined) return { state: 'no-verifier' };
  const { anchors, fromChange } = await readAnchors(options, io);
  const verifier = await io.signatures(anchors);
  const artifacts: ArtifactFacts[] = [];
  const missing: string[] = [];
  const unreadable = new Map<string, string>();
  for (const option of options.artifacts) {
    const named = await readArtifacts(option, io);
    const files = await readAttestations(option, named, io, unreadable);
    if (named.length === 0) missing.push(option.path ?? '');
    artifacts.push(...named.map((artifact) => factsOf(artifact, option.attestations, files, verifier)));
  }
  return {
    state: 'collected',
    artifacts,
    missing,
    unreadable: [...unreadable].map(([path, problem]) => ({ path, problem })),
    anchorsFromChange: fromChange,
  };
}

/** Verifies what was found against one artifact. */
export function factsOf(
  artifact: NamedArtifact,
  searched: readonly string[],
  files: readonly AttestationFile[],
  verifier: SignatureVerifier,
): ArtifactFacts {
  const attestations = files.flatMap(({ path, found }) =>
    found.map(
      ({ document, text }): AttestationFacts => ({
        path,
        text,
        check: verifier.verify(document, artifact.bytes),
      }),
    ),
  );
  return { name: artifact.name, digests: artifact.digests, searched, attestations };
}

/** The digests of a content under which a statement may name it. */
export function digestsOf(bytes: Uint8Array): readonly Digest[] {
  return digestAlgorithms.map((algorithm) => ({
    algorithm,
    hex: createHash(algorithm).update(bytes).digest('hex'),
  }));
}

/** Anchors come from the base: a change cannot bring along whom it is to be trusted by. */
async function readAnchors(
  { trusted_root: root, keys, transparency }: ProvenanceOptions,
  io: GateIo,
): Promise<{ anchors: TrustAnchors; fromChange: readonly string[] }> {
  const fromChange: string[] = [];
  const read = async (path: string): Promise<string> => {
    const base = await io.baseFiles?.read(path, maxAnchorBytes);
    const bytes = base ?? (await io.files.read(path, maxAnchorBytes));
    if (bytes === null) throw anchorMissing(path);
    if (io.baseFiles !== undefined && !base) fromChange.push(path);
    return new TextDecoder().decode(bytes);
  };
  const roots = root === undefined ? [] : [await read(root)];
  const named = [];
  for (const path of keys) named.push({ name: path, pem: await read(path) });
  return { anchors: { roots, keys: named, witnesses: transparency }, fromChange };
}

async function readArtifacts({ path, digest }: ArtifactOption, io: GateIo): Promise<NamedArtifact[]> {
  if (digest !== undefined) return [{ name: digest, digests: [parseDigest(digest)], bytes: null }];
  const artifacts: NamedArtifact[] = [];
  for (const name of await io.files.list([path ?? ''])) {
    const bytes = await io.files.read(name, maxArtifactBytes);
    if (bytes !== null) artifacts.push({ name, digests: digestsOf(bytes), bytes });
  }
  return artifacts;
}

/** A wide glob may catch the artifacts too: what is one of them attests nothing. */
async function readAttestations(
  { attestations }: ArtifactOption,
  artifacts: readonly NamedArtifact[],
  io: GateIo,
  unreadable: Map<string, string>,
): Promise<AttestationFile[]> {
  const files: AttestationFile[] = [];
  for (const path of await io.files.list(attestations)) {
    if (artifacts.some(({ name }) => name === path)) continue;
    const bytes = await io.files.read(path, maxAttestationBytes);
    const found = bytes === null ? 'it cannot be read' : parseSignedDocuments(bytes);
    if (typeof found === 'string') unreadable.set(path, found);
    else files.push({ path, found });
  }
  return files;
}

function anchorMissing(path: string): ConfigError {
  return new ConfigError(
    'TRUST_ANCHOR_MISSING',
    `There is no file ${path}, which gates.supply-chain.provenance names as a trust anchor.`,
    'Commit the trusted root or the public key there, or correct the path.',
  );
}

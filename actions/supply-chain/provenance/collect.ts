import { createHash } from 'node:crypto';
import type { GateIo } from '../../../core/gate/gate.ts';
import type { Subject } from '../../../core/gate/result.ts';
import type { SignatureCheck, SignatureVerifier } from '../../../core/ports/attestations.ts';
import { readAnchors } from './anchors.ts';
import { type FoundDocument, parseSignedDocuments } from './documents.ts';
import {
  type ArtifactFacts,
  type AttestationFacts,
  type Digest,
  digestAlgorithms,
  type ProvenanceFacts,
  parseDigest,
} from './facts.ts';
import { digestPattern, type ProvenanceOptions } from './options.ts';
import { rememberingGithub, sourceOnGithub } from './published.ts';
import type { AttestationSource, Found, NamedArtifact } from './sources.ts';

const maxAttestationBytes = 16 * 1_024 * 1_024;
const maxArtifactBytes = 1_024 * 1_024 * 1_024;

type ArtifactOption = ProvenanceOptions['artifacts'][number];

/**
 * Reads artifacts and attestations, and verifies every signature against the configured anchors.
 *
 * @throws ConfigError when a trust anchor is missing or cannot be used
 */
export async function collectProvenance(
  options: ProvenanceOptions,
  subject: Pick<Subject, 'repository'>,
  io: GateIo,
): Promise<ProvenanceFacts> {
  if (options.artifacts.length === 0) return { state: 'not-configured' };
  if (io.signatures === undefined) return { state: 'no-verifier' };
  const { anchors, fromChange } = await readAnchors(options, io);
  const verify = rememberingVerifier(await io.signatures(anchors));
  const artifacts: ArtifactFacts[] = [];
  const missing: string[] = [];
  const parsed = new Map<string, readonly FoundDocument[] | string>();
  const askGithub = rememberingGithub(io.attestations, sourceOnGithub(options, subject));
  for (const option of options.artifacts) {
    const named = await readArtifacts(option, io);
    const files = await readAttestations(option, named, io, parsed);
    if (named.length === 0) missing.push(option.path ?? option.digest_file ?? '');
    for (const artifact of named) {
      const given = { searched: option.attestations, unread: null, files };
      const found = files.length === 0 ? await askGithub(artifact, option.attestations) : given;
      artifacts.push(factsOf(artifact, found, verify));
    }
  }
  return {
    state: 'collected',
    artifacts,
    missing,
    unreadable: [...parsed].flatMap(([path, found]) =>
      typeof found === 'string' ? [{ path, problem: found }] : [],
    ),
    anchorsFromChange: fromChange,
  };
}

type Verify = (found: FoundDocument, artifact: Uint8Array | null) => SignatureCheck;

/** A statement may be about hundreds of artifacts and is verified once; what signs one artifact, for each. */
export function rememberingVerifier(verifier: SignatureVerifier): Verify {
  const known = new Map<FoundDocument, SignatureCheck>();
  return (found, artifact) => {
    const check = known.get(found) ?? verifier.verify(found.document, null);
    known.set(found, check);
    return !check.ok && check.step === 'artifact-needed' && artifact !== null
      ? verifier.verify(found.document, artifact)
      : check;
  };
}

/** Verifies what was found against one artifact. */
export function factsOf(
  artifact: NamedArtifact,
  { searched, unread, files }: Found,
  verify: Verify,
): ArtifactFacts {
  const attestations = files.flatMap(({ found, ...place }) =>
    found.map((one): AttestationFacts => ({ ...place, text: one.text, check: verify(one, artifact.bytes) })),
  );
  return { name: artifact.name, digests: artifact.digests, searched, unread, attestations };
}

/** The digests of a content under which a statement may name it. */
export function digestsOf(bytes: Uint8Array): readonly Digest[] {
  return digestAlgorithms.map((algorithm) => ({
    algorithm,
    hex: createHash(algorithm).update(bytes).digest('hex'),
  }));
}

async function readArtifacts(
  { path, digest: given, digest_file: file }: ArtifactOption,
  io: GateIo,
): Promise<NamedArtifact[]> {
  const digest = file === undefined ? given : await readDigest(file, io);
  if (digest === null) return [];
  if (digest !== undefined) return [{ name: digest, digests: [parseDigest(digest)], bytes: null }];
  const artifacts: NamedArtifact[] = [];
  for (const name of await io.files.list([path ?? ''])) {
    const bytes = await io.files.read(name, maxArtifactBytes);
    if (bytes !== null) artifacts.push({ name, digests: digestsOf(bytes), bytes });
  }
  return artifacts;
}

/**
 * The digest that a build wrote down: alone, as `docker build --iidfile`, or in the JSON of `--metadata-file`. Null when
 * there is no such file, or no digest in it.
 */
async function readDigest(file: string, io: GateIo): Promise<string | null> {
  const bytes = await io.files.read(file, maxAttestationBytes);
  const text = bytes === null ? '' : new TextDecoder().decode(bytes).trim();
  const digest = /"containerimage\.digest"\s*:\s*"([^"]*)"/.exec(text)?.[1] ?? text;
  return digestPattern.test(digest) ? digest : null;
}

/** A wide glob may catch the artifacts too: what is one of them attests nothing. */
async function readAttestations(
  { attestations }: ArtifactOption,
  artifacts: readonly NamedArtifact[],
  io: GateIo,
  parsed: Map<string, readonly FoundDocument[] | string>,
): Promise<AttestationSource[]> {
  const files: AttestationSource[] = [];
  for (const path of await io.files.list(attestations)) {
    if (artifacts.some(({ name }) => name === path)) continue;
    const found = parsed.get(path) ?? (await readDocuments(path, io));
    parsed.set(path, found);
    if (typeof found !== 'string') files.push({ path, found });
  }
  return files;
}

async function readDocuments(path: string, io: GateIo): Promise<readonly FoundDocument[] | string> {
  const bytes = await io.files.read(path, maxAttestationBytes);
  return bytes === null ? 'it cannot be read' : parseSignedDocuments(bytes);
}

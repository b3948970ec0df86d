import type { GateIo } from '../../core/gate/gate.ts';
import type { Subject } from '../../core/gate/result.ts';
import { type MeasuredImage, parseImageSizes } from './hardening/image-size.ts';
import type { Dockerfile } from './hardening/instruction.ts';
import type { LockFileRead } from './lock-files/model.ts';
import { readLockFile, unsupportedLocks } from './lock-files/read.ts';
import type { SupplyChainOptions } from './options.ts';
import { collectProvenance } from './provenance/collect.ts';
import type { ProvenanceFacts } from './provenance/facts.ts';
import { readSbom, type SbomRead } from './sbom/read.ts';
import { collectSecrets, type SecretFacts } from './secrets/collect.ts';
import { collectVulnerabilities, type VulnerabilityFacts } from './vulnerabilities/collect.ts';

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

export interface SupplyChainFacts {
  readonly sboms: readonly SbomRead[];
  readonly locks: readonly LockFileRead[];
  /** Lock files in the root whose package manager is not supported. */
  readonly otherLocks: readonly string[];
  readonly dockerfiles: readonly Dockerfile[];
  readonly images: readonly MeasuredImage[];
  readonly secrets: SecretFacts;
  readonly manifests: readonly TextFile[];
  readonly vulnerabilities: VulnerabilityFacts;
  readonly provenance: ProvenanceFacts;
}

/** Reads what the release is made of. */
export async function collectSupplyChain(
  options: SupplyChainOptions,
  subject: Subject,
  io: GateIo,
): Promise<SupplyChainFacts> {
  // A CycloneDX document may be VEX alone: where it is named as such, it is no inventory.
  const vex = options.vulnerabilities.vex.map((glob) => `!${glob}`);
  const sboms = await readEach(io, [...options.sbom.paths, ...vex], readSbom);
  return {
    // A glob such as sbom/**/*.json may catch other JSON; a file that is broken, or named for it, is never overlooked.
    sboms: sboms.filter(
      (read) => read.ok || !read.notSbom || /\.(spdx3?|cdx|bom)(\.(json|ya?ml|xml|rdf))?$/.test(read.path),
    ),
    locks: await readEach(io, options.lock_files, (path, bytes) => readLockFile(io.files, path, bytes)),
    otherLocks: await io.files.list(unsupportedLocks),
    dockerfiles: await readDockerfiles(io, options.hardening.dockerfiles),
    images: (await readEach(io, options.hardening.image_reports, asImages)).flat(),
    secrets: await collectSecrets(options.secrets, io.files),
    manifests: await readEach(io, options.hardening.manifests, asText),
    vulnerabilities: await collectVulnerabilities(options.vulnerabilities, subject, io),
    provenance: await collectProvenance(options.provenance, subject, io),
  };
}

async function readEach<One>(
  io: GateIo,
  globs: readonly string[],
  parse: (path: string, bytes: Uint8Array) => One | Promise<One>,
): Promise<One[]> {
  const parsed: One[] = [];
  for (const path of await io.files.list(globs)) {
    const bytes = await io.files.read(path);
    if (bytes !== null) parsed.push(await parse(path, bytes));
  }
  return parsed;
}

function asText(path: string, bytes: Uint8Array): TextFile {
  return { path, text: new TextDecoder().decode(bytes) };
}

/** The parser is read only when there is a Dockerfile. */
async function readDockerfiles(io: GateIo, globs: readonly string[]): Promise<Dockerfile[]> {
  const texts = await readEach(io, globs, asText);
  if (texts.length === 0) return [];
  const { parseDockerfile } = await import('./hardening/dockerfile-parser.ts');
  return texts.map(({ path, text }) => ({ path, instructions: parseDockerfile(text) }));
}

/** A report that is not JSON measures nothing: its budget then says so. */
function asImages(path: string, bytes: Uint8Array): MeasuredImage[] {
  try {
    return parseImageSizes(path, JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return [];
  }
}

import { createHash } from 'node:crypto';
import { unpackZip } from '../../adapters/zip/unpack.ts';
import { VerificationError } from '../../core/errors.ts';
import type { EvidenceFile } from '../../core/gate/gate.ts';
import { gateNames } from '../../core/gate/names.ts';
import { type GateResult, gateResultSchema } from '../../core/gate/result.ts';
import type { Forge } from '../../core/ports/forge.ts';
import { submissionLimits } from './multipart.ts';

export type Artifact = Awaited<ReturnType<Forge['listArtifacts']>>[number];

/** A result as it lay in an artifact: not yet believed. */
export interface FoundResult {
  readonly result: GateResult;
  readonly files: readonly EvidenceFile[];
}

/** Artifacts of other names are none of ours. */
export const artifactName = /^release-conductor(-[\w.-]{1,100})?$/;

/** The actions write `<gate>/result.json` with its files beside it, and one list of all results. */
const listOfAll = 'results.json';

const limits = {
  entries: gateNames.length * (submissionLimits.files + 20),
  fileBytes: submissionLimits.fileBytes,
  totalBytes: submissionLimits.totalBytes,
} as const;

/**
 * Downloads an artifact and reads the results in it. Nothing in it is believed for being there: the bytes are those
 * that GitHub says it has, the zip is one reading only, and a result is a result.
 *
 * @throws VerificationError `ARTIFACT_EXPIRED`, `ARTIFACT_TOO_LARGE`, `ARTIFACT_DIGEST`, `BAD_ARCHIVE`, `RESULT_INVALID`
 */
export async function readArtifactResults(artifact: Artifact, forge: Forge): Promise<readonly FoundResult[]> {
  const { name, size, sha256 } = artifact;
  if (artifact.expired) throw refused('ARTIFACT_EXPIRED', `${name} has expired`);
  if (size > limits.totalBytes) {
    throw refused('ARTIFACT_TOO_LARGE', `${name} has ${size} bytes, allowed are ${limits.totalBytes}`);
  }
  if (sha256 === null) throw refused('ARTIFACT_DIGEST', `GitHub gives no digest of ${name}`);
  const zip = await forge.downloadArtifact(artifact.id);
  const found = createHash('sha256').update(zip).digest('hex');
  if (found !== sha256)
    throw refused('ARTIFACT_DIGEST', `${name}: expected sha256 ${sha256}, found ${found}`);
  return parseResults(unpackZip(zip, limits));
}

/** @throws VerificationError `RESULT_INVALID` */
export function parseResults(content: ReadonlyMap<string, Uint8Array>): readonly FoundResult[] {
  const strange = [...content.keys()].find(
    (path) => path !== listOfAll && !gateNames.some((gate) => path.startsWith(`${gate}/`)),
  );
  if (strange !== undefined) throw refused('RESULT_INVALID', `${strange} belongs to no gate`);
  return gateNames.flatMap((gate) => {
    const bytes = content.get(`${gate}/result.json`);
    if (bytes === undefined) return [];
    const result = parseResult(bytes, `${gate}/result.json`);
    if (result.gate !== gate) throw refused('RESULT_INVALID', `${gate}/result.json is of ${result.gate}`);
    return [{ result, files: filesOf(result, content) }];
  });
}

function parseResult(bytes: Uint8Array, path: string): GateResult {
  if (bytes.length > submissionLimits.resultBytes) {
    throw refused('RESULT_INVALID', `${path} has ${bytes.length} bytes`);
  }
  try {
    return gateResultSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    throw refused('RESULT_INVALID', `${path} is not a GateResult of schema_version 1`);
  }
}

/** Everything beside the result; whether it is what the result names is asked of the files as they are. */
function filesOf(result: GateResult, content: ReadonlyMap<string, Uint8Array>): readonly EvidenceFile[] {
  const folder = `${result.gate}/`;
  return [...content]
    .filter(([path]) => path.startsWith(folder) && path !== `${folder}result.json`)
    .map(([path, bytes]) => {
      const own = path.slice(folder.length);
      const named = result.evidence.find((reference) => reference.path === own);
      return { path: own, bytes, mediaType: named?.media_type ?? 'application/octet-stream' };
    });
}

function refused(code: string, message: string): VerificationError {
  return new VerificationError(
    code,
    message,
    'run the workflow again; if it stays so, look at what the run uploads',
  );
}

import { createHash } from 'node:crypto';
import { VerificationError } from '../errors.ts';
import type { ArchiveReader, ReadArchive } from '../ports/archive.ts';
import type { ByteSource } from '../ports/blob-store.ts';
import { blocksOf } from './bytes.ts';
import { manifestPath, manifestSchema } from './manifest.ts';
import { zipName } from './statement.ts';
import { type Opened, type Problem, problem, type VerificationPorts } from './verification.ts';

interface OpenedArchive {
  readonly opened: Opened | null;
  readonly zipSha256: string;
  readonly problems: readonly Problem[];
}

/** Documents that are judged by their content; of all others the digest is enough. */
const judged =
  /^(_manifest\.json|approvals_matrix\.json|gates\/[^/]+\.json|audit\/[^/]+|decisions\/\w+\/[^/]+\.json)$/;

/**
 * Opens the zip and its manifest. One that another tool wrote again is a problem whatever is in it; where `salvage` can
 * read it, the other checks say which entries were changed.
 */
export async function openArchive(
  zip: ByteSource,
  { readArchive, salvage }: Pick<VerificationPorts, 'readArchive' | 'salvage'>,
): Promise<OpenedArchive> {
  try {
    return openManifest(await readArchive(zip, (path) => judged.test(path)));
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    const broken = problem('TAMPERED', zipName, error.message);
    const read = salvage === undefined ? null : await lookInto(zip, salvage);
    if (read === null) return { opened: null, zipSha256: await digestOf(zip), problems: [broken] };
    if ('entries' in read) {
      const archive = openManifest(read);
      return { ...archive, problems: [broken, ...archive.problems] };
    }
    return { opened: null, zipSha256: await digestOf(zip), problems: [broken, read] };
  }
}

/** What can be read all the same, or what stands against that when it is an entry that has a name. */
async function lookInto(zip: ByteSource, salvage: ArchiveReader): Promise<ReadArchive | Problem | null> {
  try {
    return await salvage(zip, (path) => judged.test(path));
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    return error.message.startsWith('entry ') ? problem('TAMPERED', zipName, error.message) : null;
  }
}

function openManifest({ entries, files, sha256: zipSha256 }: ReadArchive): OpenedArchive {
  const bytes = files.get(manifestPath);
  if (bytes === undefined) {
    const problems = [problem('MISSING', manifestPath, 'the zip has no manifest')];
    return { opened: null, zipSha256, problems };
  }
  const manifest = parseManifest(bytes);
  if (typeof manifest === 'string') {
    return { opened: null, zipSha256, problems: [problem('TAMPERED', manifestPath, manifest)] };
  }
  const manifestSha256 = entries.get(manifestPath)?.sha256 ?? '';
  return { opened: { entries, files, manifest, manifestSha256 }, zipSha256, problems: [] };
}

function parseManifest(bytes: Uint8Array): Opened['manifest'] | string {
  try {
    const parsed = manifestSchema.safeParse(
      JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
    );
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    return `is not a manifest: ${issue?.path.join('.') || 'document'}: ${issue?.message ?? 'invalid'}`;
  } catch {
    return 'is not JSON';
  }
}

async function digestOf(source: ByteSource): Promise<string> {
  const digest = createHash('sha256');
  for await (const block of blocksOf(source)) digest.update(block);
  return digest.digest('hex');
}

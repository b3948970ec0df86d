import { createHash } from 'node:crypto';
import { VerificationError } from '../errors.ts';
import type { ArchiveEntry } from '../ports/archive.ts';
import { manifestPath, manifestSchema } from './manifest.ts';
import { zipName } from './statement.ts';
import { type Opened, type Problem, problem, type VerificationPorts } from './verification.ts';

interface OpenedArchive {
  readonly opened: Opened | null;
  readonly problems: readonly Problem[];
}

/** Opens the zip and its manifest. */
export function openArchive(zip: Uint8Array, ports: Omit<VerificationPorts, 'verifyBundle'>): OpenedArchive {
  let entries: readonly ArchiveEntry[];
  try {
    entries = ports.readArchive(zip);
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error;
    return closed(problem('TAMPERED', zipName, error.message));
  }
  const files = new Map(entries.map(({ path, bytes }) => [path, bytes]));
  const bytes = files.get(manifestPath);
  if (bytes === undefined) return closed(problem('MISSING', manifestPath, 'the zip has no manifest'));
  const manifest = parseManifest(bytes);
  if (typeof manifest === 'string') return closed(problem('TAMPERED', manifestPath, manifest));
  const manifestSha256 = createHash('sha256').update(bytes).digest('hex');
  const changed =
    ports.writeArchive === undefined ? null : changedStructure(zip, entries, ports.writeArchive(entries));
  return { opened: { files, manifest, manifestSha256 }, problems: changed === null ? [] : [changed] };
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

/**
 * Readable, yet not as the Conductor writes it: a changed time, mode or version, or the entries in another
 * order. Names the entry at the first byte that differs.
 */
function changedStructure(
  zip: Uint8Array,
  entries: readonly ArchiveEntry[],
  canonical: Uint8Array,
): Problem | null {
  const length = Math.max(zip.length, canonical.length);
  let at = 0;
  while (at < length && zip[at] === canonical[at]) at++;
  if (at === length) return null;
  return problem(
    'TAMPERED',
    zipName,
    `byte ${at} (${whereIs(at, entries)}) is not as the Conductor writes it`,
  );
}

/** Sizes of the local header and of the directory's entry: zip format, APPNOTE 4.3.7 and 4.3.12. */
const localHeader = 30;
const directoryEntry = 46;

function whereIs(offset: number, entries: readonly ArchiveEntry[]): string {
  let at = 0;
  for (const { path, bytes } of entries) {
    at += localHeader + path.length + bytes.length;
    if (offset < at) return `entry ${path}`;
  }
  for (const { path } of entries) {
    at += directoryEntry + path.length;
    if (offset < at) return `directory entry of ${path}`;
  }
  return 'end record';
}

function closed(found: Problem): OpenedArchive {
  return { opened: null, problems: [found] };
}

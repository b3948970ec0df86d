import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PermissionError } from '../../core/errors.ts';
import { contentLost, type Keeping, removalRefused } from '../../core/evidence/retention.ts';
import type { ContentStore, Pieces } from '../../core/ports/blob-store.ts';
import { type S3, type S3Request, s3Client } from './client.ts';
import { listNames } from './list.ts';
import type { S3Settings } from './settings.ts';
import { completeUpload, legalHold, readUploadId, retention } from './xml.ts';

export { parseS3Settings, type S3Settings } from './settings.ts';

/** S3 takes parts of 5 MiB and more; this much is held in memory at a time. */
const partBytes = 16 * 1_024 * 1_024;

/**
 * Evidence bytes in a bucket (`ContentStore`). With object lock the service itself refuses to remove or to replace
 * a version before its time, whoever asks. Content is put on the local disk first: its name is its digest.
 */
export function s3Contents(settings: S3Settings, ask: typeof fetch = fetch): ContentStore {
  const s3 = s3Client(settings, ask);
  return {
    put: (content, retainUntil) => spooled(content, (file) => store(s3, settings, file, retainUntil)),
    async read(sha256, offset, length) {
      if (length <= 0) return new Uint8Array();
      const range = `bytes=${offset}-${offset + length - 1}`;
      const answer = await s3({ method: 'GET', name: sha256, headers: { range } });
      if (answer === null) throw contentLost(sha256);
      if (answer.status === 416) return new Uint8Array();
      const bytes = new Uint8Array(await answer.arrayBuffer());
      // A service that knows no ranges answers 200 with everything.
      return answer.status === 206 ? bytes : bytes.subarray(offset, offset + length);
    },
    async sizeOf(sha256) {
      const answer = await s3({ method: 'HEAD', name: sha256 });
      return answer === null ? null : Number(answer.headers.get('content-length'));
    },
    async *list() {
      for await (const { name, size } of listNames(s3, settings.prefix)) {
        const head = await s3({ method: 'HEAD', name });
        if (head !== null) yield { sha256: name, size, ...parseKeeping(head.headers) };
      }
    },
    retain: (sha256, until) => ensureLocked(s3, sha256, settings.lock, until),
    async hold(sha256, held) {
      await change(s3, sha256, 'legal-hold', legalHold(held));
    },
    async remove(sha256, now) {
      const head = await s3({ method: 'HEAD', name: sha256 });
      if (head === null) return;
      const refused = removalRefused(sha256, parseKeeping(head.headers), now);
      if (refused !== null) throw refused;
      const version = head.headers.get('x-amz-version-id');
      await s3({
        method: 'DELETE',
        name: sha256,
        ...(version !== null && { query: { versionId: version } }),
      });
    },
  };
}

interface Spooled {
  readonly sha256: string;
  readonly size: number;
  readonly file: FileHandle;
}

/** Writes content to a file of the system's temporary folder while it is digested. */
async function spooled<Result>(content: Pieces, use: (spooled: Spooled) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'evidence-'));
  const file = await open(join(folder, randomUUID()), 'wx+', 0o600);
  try {
    const digest = createHash('sha256');
    let size = 0;
    for await (const piece of content) {
      digest.update(piece);
      await file.appendFile(piece);
      size += piece.length;
    }
    return await use({ sha256: digest.digest('hex'), size, file });
  } finally {
    await file.close();
    await rm(folder, { recursive: true });
  }
}

async function store(
  s3: S3,
  { lock }: S3Settings,
  { sha256, size, file }: Spooled,
  retainUntil: number,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const head = await s3({ method: 'HEAD', name: sha256 });
  if (head === null || Number(head.headers.get('content-length')) !== size) {
    const headers = lockHeaders(lock, retainUntil);
    if (size > partBytes) await storeInParts(s3, sha256, size, file, headers);
    else {
      const body = await part(file, 0, size);
      const checksum = createHash('sha256').update(body).digest('base64');
      await write(s3, {
        method: 'PUT',
        name: sha256,
        headers: { ...headers, 'x-amz-checksum-sha256': checksum },
        body,
      });
    }
  }
  await ensureLocked(s3, sha256, lock, retainUntil);
  return { sha256, size };
}

async function storeInParts(
  s3: S3,
  name: string,
  size: number,
  file: FileHandle,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const begun = await write(s3, { method: 'POST', name, query: { uploads: '' }, headers });
  const uploadId = readUploadId(await begun.text());
  const etags: string[] = [];
  try {
    for (let at = 0; at < size; at += partBytes) {
      const query = { partNumber: String(etags.length + 1), uploadId };
      const answer = await write(s3, { method: 'PUT', name, query, body: await part(file, at, size) });
      etags.push(answer.headers.get('etag') ?? '');
    }
    await write(s3, { method: 'POST', name, query: { uploadId }, body: completeUpload(etags) });
  } catch (error) {
    await s3({ method: 'DELETE', name, query: { uploadId } }).catch(() => null); // the first error is the one to tell
    throw error;
  }
}

/** What is written has no name before: not found is the bucket. */
async function write(s3: S3, request: S3Request): Promise<Response> {
  const answer = await s3(request);
  if (answer !== null) return answer;
  throw new PermissionError(
    'EVIDENCE_STORE_REFUSED',
    'The bucket of evidence is not there',
    'Create the bucket that EVIDENCE_STORE names, with object lock, or correct the name.',
  );
}

/** Services may answer with a date that is cut to seconds, ms. */
const lockPrecision = 1_000;

/**
 * Locks content until then at least, and believes what the service says of it afterwards alone: a bucket without
 * object lock may take the headers of a lock and forget them, and Ceph does for content in parts.
 */
async function ensureLocked(s3: S3, name: string, lock: S3Settings['lock'], until: number): Promise<void> {
  if (lock === null || (await lockedUntil(s3, name)) > until - lockPrecision) return;
  await change(s3, name, 'retention', retention(lock, until));
  if ((await lockedUntil(s3, name)) > until - lockPrecision) return;
  throw new PermissionError(
    'EVIDENCE_STORE_UNLOCKED',
    `The bucket of evidence has not locked ${name}`,
    'Use a bucket that was made with object lock, or say lock=none in EVIDENCE_STORE to keep evidence without one.',
  );
}

async function lockedUntil(s3: S3, name: string): Promise<number> {
  const head = await s3({ method: 'HEAD', name });
  if (head === null) throw contentLost(name);
  const until = Date.parse(head.headers.get('x-amz-object-lock-retain-until-date') ?? '');
  return Number.isNaN(until) ? Number.NEGATIVE_INFINITY : until;
}

async function part(file: FileHandle, at: number, size: number): Promise<Uint8Array> {
  const body = Buffer.allocUnsafe(Math.min(partBytes, size - at));
  const { bytesRead } = await file.read(body, 0, body.length, at);
  return body.subarray(0, bytesRead);
}

async function change(
  s3: S3,
  name: string,
  what: 'retention' | 'legal-hold',
  body: Uint8Array,
): Promise<void> {
  const md5 = createHash('md5').update(body).digest('base64');
  const answer = await s3({
    method: 'PUT',
    name,
    query: { [what]: '' },
    headers: { 'content-md5': md5 },
    body,
  });
  if (answer === null) throw contentLost(name);
}

function lockHeaders(lock: S3Settings['lock'], retainUntil: number): Record<string, string> {
  const until = new Date(retainUntil).toISOString();
  return {
    'x-amz-meta-retain-until': until,
    ...(lock && { 'x-amz-object-lock-mode': lock, 'x-amz-object-lock-retain-until-date': until }),
  };
}

/** What the service says; without a lock, what we said ourselves. Content that says nothing is kept. */
function parseKeeping(headers: Headers): Keeping {
  const said = headers.get('x-amz-object-lock-retain-until-date') ?? headers.get('x-amz-meta-retain-until');
  const until = Date.parse(said ?? '');
  return {
    retainUntil: Number.isNaN(until) ? Date.UTC(9999, 0) : until,
    held: headers.get('x-amz-object-lock-legal-hold') === 'ON',
  };
}

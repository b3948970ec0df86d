import type { GateReport, ResultOrigin } from '../../core/flow/event.ts';
import type { GateResult } from '../../core/gate/result.ts';
import type { ContentFacts } from '../../core/ports/blob-store.ts';
import { type Sql, type Transaction, toJson } from './sql.ts';

/** A file of a result whose content was stored before. */
export interface StoredFile {
  readonly path: string;
  readonly mediaType: string;
  readonly sha256: string;
}

/** What is known of stored bytes. `crc32` and `secret` are null when nobody looked yet. Times: ms since the epoch. */
export interface BlobRecord {
  readonly sha256: string;
  readonly mediaType: string;
  readonly size: number;
  readonly crc32: number | null;
  readonly secret: string | null;
  readonly storedAt: number;
  readonly retainUntil: number;
  readonly heldBecause: string | null;
  /** Whose evidence it is, in order; none: nobody believed it yet. */
  readonly repositories: readonly string[];
}

/** Stores a verified result. False when this very result of this run was stored before. */
export async function storeGateResult(
  tx: Transaction,
  report: GateReport,
  files: readonly StoredFile[],
): Promise<boolean> {
  const { result, resultSha256, origin } = report;
  const { rowCount } = await tx.query(
    `insert into gate_results
       (repository, sha, gate, result_sha256, run_id, run_attempt, verdict, result, origin, received_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
    [
      result.subject.repository,
      result.subject.sha,
      report.gate,
      resultSha256,
      origin.runId ?? 0,
      origin.runAttempt ?? 0,
      result.verdict,
      toJson(result),
      toJson(origin),
      new Date(origin.receivedAt),
    ],
  );
  if (rowCount === 0) return false;
  for (const { path, mediaType, sha256 } of files) {
    await tx.query(
      `insert into evidence_files (repository, sha, gate, result_sha256, path, media_type, blob)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
      [result.subject.repository, result.subject.sha, report.gate, resultSha256, path, mediaType, sha256],
    );
  }
  return true;
}

/** Records what was stored. Stored again, it is kept for the longer of the two times, and is evidence of both. */
export async function recordBlob(
  sql: Sql,
  facts: ContentFacts,
  about: {
    readonly mediaType: string;
    readonly retainUntil: number;
    readonly repositories: readonly string[];
  },
): Promise<void> {
  await sql.query(
    `insert into evidence_blobs (sha256, media_type, size, crc32, secret, retain_until, repositories)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (sha256) do update set crc32 = excluded.crc32, secret = excluded.secret,
       retain_until = greatest(evidence_blobs.retain_until, excluded.retain_until),
       repositories = ${joined('evidence_blobs.repositories', 'excluded.repositories')}`,
    [
      facts.sha256,
      about.mediaType,
      facts.size,
      facts.crc32,
      facts.secret,
      new Date(about.retainUntil),
      about.repositories,
    ],
  );
}

/** It is evidence of this repository and kept at least until then, ms since the epoch. */
export async function extendBlob(sql: Sql, sha256: string, repository: string, until: number): Promise<void> {
  await sql.query(
    `update evidence_blobs set retain_until = greatest(retain_until, $2),
       repositories = ${joined('repositories', 'array[$3::text]')} where sha256 = $1`,
    [sha256, new Date(until), repository],
  );
}

/** SQL: two sets as one, in order. */
function joined(one: string, other: string): string {
  return `array(select distinct unnest(${one} || ${other}) order by 1)`;
}

export async function findBlob(sql: Sql, sha256: string): Promise<BlobRecord | null> {
  const { rows } = await sql.query<BlobRow>('select * from evidence_blobs where sha256 = $1', [sha256]);
  return rows[0] === undefined ? null : toRecord(rows[0]);
}

/** Every record, those whose time ends first before the others. */
export async function listBlobs(sql: Sql): Promise<readonly BlobRecord[]> {
  const { rows } = await sql.query<BlobRow>('select * from evidence_blobs order by retain_until, sha256');
  return rows.map(toRecord);
}

/** The record, locked until the transaction ends: nobody holds, removes or uses it meanwhile. Null: there is none. */
export async function lockBlob(tx: Transaction, sha256: string): Promise<BlobRecord | null> {
  const { rows } = await tx.query<BlobRow>('select * from evidence_blobs where sha256 = $1 for update', [
    sha256,
  ]);
  return rows[0] === undefined ? null : toRecord(rows[0]);
}

/** Sets or, with null, lifts a legal hold. */
export async function holdBlob(tx: Transaction, sha256: string, because: string | null): Promise<void> {
  await tx.query('update evidence_blobs set held_because = $2 where sha256 = $1', [sha256, because]);
}

export async function forgetBlob(tx: Transaction, sha256: string): Promise<void> {
  await tx.query('delete from evidence_blobs where sha256 = $1', [sha256]);
}

/** Blobs that are files of known results: their rows are what a later bundle is packed from. */
export async function blobsInResults(sql: Sql, sha256?: string): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ blob: string }>(
    'select distinct blob from evidence_files where $1::text is null or blob = $1',
    [sha256 ?? null],
  );
  return new Set(rows.map(({ blob }) => blob));
}

interface BlobRow {
  sha256: string;
  media_type: string;
  size: number;
  crc32: number | null;
  secret: string | null;
  stored_at: Date;
  retain_until: Date;
  held_because: string | null;
  repositories: string[];
}

function toRecord(row: BlobRow): BlobRecord {
  return {
    sha256: row.sha256,
    mediaType: row.media_type,
    size: row.size,
    crc32: row.crc32,
    secret: row.secret,
    storedAt: row.stored_at.getTime(),
    retainUntil: row.retain_until.getTime(),
    heldBecause: row.held_because,
    repositories: row.repositories,
  };
}

/**
 * Each gate's newest result for exactly this commit: one that a job vouched for before one from an artifact, then the
 * latest run, the latest attempt, the latest time.
 *
 * @param ofChange results of forks' runs count, too, which they never do for a release, and those of its previews stand
 * beside those of its push: neither hides the other.
 */
export async function latestGateResults(
  sql: Sql,
  repository: string,
  sha: string,
  ofChange = false,
): Promise<readonly GateReport[]> {
  const { rows } = await sql.query<{
    gate: GateReport['gate'];
    result: GateResult;
    result_sha256: string;
    origin: ResultOrigin;
  }>(
    `select distinct on (gate, ${ofPreview}) gate, result, result_sha256, origin from gate_results
      where repository = $1 and sha = $2 and ($3 or origin->>'fork' is null)
      order by gate, ${ofPreview}, origin->>'via' = 'artifact', run_id desc, run_attempt desc, received_at desc`,
    [repository, sha, ofChange],
  );
  return rows.map(({ gate, result, result_sha256, origin }) => ({
    gate,
    result,
    resultSha256: result_sha256,
    origin,
  }));
}

/** SQL: the result is told apart from those of the push, and it is that of a preview. */
const ofPreview = `$3 and coalesce(origin->>'event', '') = 'deployment'`;

/**
 * The files that came with one result.
 *
 * @param repository its name of today, which the result may not know.
 */
export async function readEvidenceFiles(
  sql: Sql,
  repository: string,
  report: GateReport,
): Promise<readonly StoredFile[]> {
  const { subject } = report.result;
  const { rows } = await sql.query<{ path: string; media_type: string; blob: string }>(
    `select path, media_type, blob from evidence_files
      where repository = $1 and sha = $2 and gate = $3 and result_sha256 = $4 order by path`,
    [repository, subject.sha, report.gate, report.resultSha256],
  );
  return rows.map(({ path, media_type, blob }) => ({ path, mediaType: media_type, sha256: blob }));
}

/**
 * Uses a token up for one result. The same token with the same result is a retry (true); with another result
 * it is a replay (false).
 */
export async function useToken(
  tx: Transaction,
  token: { readonly jti: string; readonly expiresAt: number },
  resultSha256: string,
  now: number,
): Promise<boolean> {
  const { rows } = await tx.query<{ result_sha256: string }>(
    `insert into oidc_tokens (jti, result_sha256, used_at, expires_at) values ($1, $2, $3, $4)
     on conflict (jti) do update set used_at = oidc_tokens.used_at returning result_sha256`,
    [token.jti, resultSha256, new Date(now), new Date(token.expiresAt)],
  );
  return rows[0]?.result_sha256 === resultSha256;
}

import { createHash } from 'node:crypto';
import type { GateReport, ResultOrigin } from '../../core/flow/event.ts';
import type { EvidenceFile } from '../../core/gate/gate.ts';
import type { GateResult } from '../../core/gate/result.ts';
import { type Sql, type Transaction, toJson } from './sql.ts';

/** Stores a verified result. False when this very result of this run was stored before. */
export async function storeGateResult(
  tx: Transaction,
  report: GateReport,
  files: readonly EvidenceFile[],
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
  for (const file of files) await storeFile(tx, report, file);
  return true;
}

async function storeFile(tx: Transaction, report: GateReport, file: EvidenceFile): Promise<void> {
  const { subject } = report.result;
  const blob = await storeBlob(tx, file.bytes, file.mediaType);
  await tx.query(
    `insert into evidence_files (repository, sha, gate, result_sha256, path, media_type, blob)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [subject.repository, subject.sha, report.gate, report.resultSha256, file.path, file.mediaType, blob],
  );
}

/** Stores bytes under their SHA-256, which is returned. */
export async function storeBlob(sql: Sql, bytes: Uint8Array, mediaType: string): Promise<string> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await sql.query(
    'insert into evidence_blobs (sha256, media_type, size, bytes) values ($1, $2, $3, $4) on conflict do nothing',
    [sha256, mediaType, bytes.byteLength, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)],
  );
  return sha256;
}

export async function readBlob(
  sql: Sql,
  sha256: string,
): Promise<{ readonly mediaType: string; readonly bytes: Uint8Array } | null> {
  const { rows } = await sql.query<{ media_type: string; bytes: Buffer }>(
    'select media_type, bytes from evidence_blobs where sha256 = $1',
    [sha256],
  );
  return rows[0] === undefined ? null : { mediaType: rows[0].media_type, bytes: rows[0].bytes };
}

/** Each gate's newest result for exactly this commit: the latest run, then the latest attempt, then the latest time. */
export async function latestGateResults(
  sql: Sql,
  repository: string,
  sha: string,
): Promise<readonly GateReport[]> {
  const { rows } = await sql.query<{
    gate: GateReport['gate'];
    result: GateResult;
    result_sha256: string;
    origin: ResultOrigin;
  }>(
    `select distinct on (gate) gate, result, result_sha256, origin from gate_results
      where repository = $1 and sha = $2
      order by gate, run_id desc, run_attempt desc, received_at desc`,
    [repository, sha],
  );
  return rows.map(({ gate, result, result_sha256, origin }) => ({
    gate,
    result,
    resultSha256: result_sha256,
    origin,
  }));
}

/** The files that came with one result. */
export async function readEvidenceFiles(sql: Sql, report: GateReport): Promise<readonly EvidenceFile[]> {
  const { subject } = report.result;
  const { rows } = await sql.query<{ path: string; media_type: string; bytes: Buffer }>(
    `select path, evidence_files.media_type, bytes from evidence_files
       join evidence_blobs on evidence_blobs.sha256 = blob
      where repository = $1 and sha = $2 and gate = $3 and result_sha256 = $4 order by path`,
    [subject.repository, subject.sha, report.gate, report.resultSha256],
  );
  return rows.map(({ path, media_type, bytes }) => ({ path, mediaType: media_type, bytes }));
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

import { createHash } from 'node:crypto';
import {
  aggregatesOfCommit,
  type Database,
  type StoredFile,
  storeGateResult,
  type Transaction,
  useToken,
} from '../../adapters/postgres/index.ts';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import type { OidcClaims } from '../../core/evidence/claims.ts';
import { decideIntake } from '../../core/evidence/intake.ts';
import { checkSubmittedFiles } from '../../core/evidence/submitted-files.ts';
import type { GateReport } from '../../core/flow/event.ts';
import type { EvidenceFile } from '../../core/gate/gate.ts';
import type { GateResult } from '../../core/gate/result.ts';
import type { Forge } from '../../core/ports/forge.ts';
import { type ApplyPorts, applyEvents } from '../flow/apply.ts';
import { RequestProblem } from '../http/problem.ts';
import type { Blobs } from './blobs.ts';
import { readTrustContext } from './trust-context.ts';

export interface IntakePorts extends ApplyPorts {
  readonly blobs: Blobs;
  readonly database: Database;
  readonly forgeFor: (repository: string) => Promise<Forge>;
  readonly now: () => number;
}

export interface Submitted {
  /** Claims of a verified token. */
  readonly claims: OidcClaims;
  readonly result: GateResult;
  readonly files: readonly EvidenceFile[];
}

/**
 * Takes a gate result in: decides whether it is believed, stores it with its files and tells every change and
 * release of that commit, all in one transaction. The same submission twice is one.
 *
 * @throws RequestProblem with the reason of a refusal.
 */
export async function takeIn(submitted: Submitted, ports: IntakePorts): Promise<GateReport> {
  const { claims, result, files } = submitted;
  const forge = await ports.forgeFor(claims.repository);
  const run = await forge.readWorkflowRun(claims.run_id);
  const trust = await readTrustContext(claims, run.headSha, forge, ports.database);
  const now = ports.now();
  const decision = decideIntake({ claims, run, result, now, ...trust });
  if ('refuse' in decision) throw new RequestProblem(decision.refuse);
  const mismatch = checkSubmittedFiles(result, files);
  if (mismatch !== null) throw new RequestProblem(mismatch);

  const resultSha256 = createHash('sha256').update(canonicalJson(result)).digest('hex');
  const report: GateReport = { gate: result.gate, result, resultSha256, origin: decision.accept };
  const stored = await storeFiles(files, ports.blobs);
  await ports.database.transaction((tx) => store(tx, claims, report, stored, ports, now));
  return report;
}

/** Before the transaction: bytes that a lost connection leaves behind are found by their digest next time. */
async function storeFiles(files: readonly EvidenceFile[], blobs: Blobs): Promise<readonly StoredFile[]> {
  const stored: StoredFile[] = [];
  for (const { path, mediaType, bytes } of files) {
    const { sha256 } = await blobs.put([bytes], mediaType);
    stored.push({ path, mediaType, sha256 });
  }
  return stored;
}

async function store(
  tx: Transaction,
  claims: OidcClaims,
  report: GateReport,
  files: readonly StoredFile[],
  ports: IntakePorts,
  now: number,
): Promise<void> {
  const token = { jti: claims.jti, expiresAt: claims.exp * 1_000 };
  if (!(await useToken(tx, token, report.resultSha256, now))) throw replayed;
  if (!(await storeGateResult(tx, report, files))) return;
  const { repository, sha } = report.result.subject;
  const refs = await aggregatesOfCommit(tx, repository, sha);
  await applyEvents(
    tx,
    refs.map((ref) => ({ ref, event: { type: 'gate.reported', report } })),
    ports,
    now,
  );
}

const replayed = new RequestProblem({
  status: 403,
  code: 'TOKEN_REPLAYED',
  message: 'This token was used for another result before',
  help: 'Request a new token for each result.',
});

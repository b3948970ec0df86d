import { createHash } from 'node:crypto';
import { useToken } from '../../adapters/postgres/index.ts';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import type { OidcClaims } from '../../core/evidence/claims.ts';
import { decideIntake } from '../../core/evidence/intake.ts';
import { checkSubmittedFiles } from '../../core/evidence/submitted-files.ts';
import type { GateReport } from '../../core/flow/event.ts';
import type { GateResult } from '../../core/gate/result.ts';
import type { Forge } from '../../core/ports/forge.ts';
import { RequestProblem } from '../http/problem.ts';
import { type BelievePorts, believe, type StagedFile } from './believe.ts';
import { readTrustContext, runOfClaims } from './trust-context.ts';

export interface IntakePorts extends BelievePorts {
  readonly forgeFor: (repository: string) => Promise<Forge>;
}

export interface Submitted {
  /** Claims of a verified token. */
  readonly claims: OidcClaims;
  readonly result: GateResult;
  readonly files: readonly StagedFile[];
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
  const trust = await readTrustContext(runOfClaims(claims, run.headSha), forge, ports.database);
  const decision = decideIntake({ claims, run, result, now: ports.now(), ...trust });
  if ('refuse' in decision) throw new RequestProblem(decision.refuse);
  const mismatch = checkSubmittedFiles(result, files);
  if (mismatch !== null) throw new RequestProblem(mismatch);

  const report = reportOf(result, decision.accept);
  const token = { jti: claims.jti, expiresAt: claims.exp * 1_000 };
  await believe(report, files, ports, async (tx, now) => {
    if (!(await useToken(tx, token, report.resultSha256, now))) throw replayed;
  });
  return report;
}

export function reportOf(result: GateResult, origin: GateReport['origin']): GateReport {
  const resultSha256 = createHash('sha256').update(canonicalJson(result)).digest('hex');
  return { gate: result.gate, result, resultSha256, origin };
}

const replayed = new RequestProblem({
  status: 403,
  code: 'TOKEN_REPLAYED',
  message: 'This token was used for another result before',
  help: 'Request a new token for each result.',
});

import {
  auditEntryAt,
  findAudit,
  latestGateResults,
  readAggregate,
  readAudit,
  readEvidenceFiles,
} from '../../adapters/postgres/index.ts';
import { canonicalJson } from '../../core/audit/canonical-json.ts';
import { renamedAction } from '../../core/audit/names.ts';
import type { EvidenceInputs, EvidenceItem } from '../../core/evidence/inputs.ts';
import { packEvidence as pack } from '../../core/evidence/pack.ts';
import type { GateReport } from '../../core/flow/event.ts';
import { exportGovernance, exportPath } from '../../core/governance/export.ts';
import type { GovernanceState } from '../../core/governance/state.ts';
import type { EvidenceFacts } from '../../core/release/evidence-facts.ts';
import { governanceOf } from '../events/settings.ts';
import { proveEntries, signAuditHead } from '../evidence/audit-heads.ts';
import { evidenceLost } from '../evidence/blobs.ts';
import type { EffectContext, Performer } from './performer.ts';

/**
 * Gathers what the store knows of the release, packs and signs it, and keeps both files under their digests:
 * what is attached later is these bytes and no others.
 */
export const packEvidence: Performer<'packEvidence'> = async (effect, context) => {
  const facts = effect.facts as unknown as EvidenceFacts;
  // Its name of today: it may have got another one since this was decided.
  const { repository } = context.aggregate;
  const subject = { ...facts.subject, repository };
  const reports = await latestGateResults(context.database, repository, subject.commit);
  const inputs: EvidenceInputs = {
    ...facts,
    subject,
    reports,
    files: (await Promise.all(reports.map((report) => filesOf(report, context)))).flat(),
    documents: [...(facts.documents ?? []), ...(await settingsOf(context))],
    ...(await auditOf(context)),
    ...(await decisionsOf(facts, context)),
  };
  const { blobs } = context;
  const packed = await pack(inputs, context.evidence, (pieces) =>
    blobs.put(pieces, 'application/zip', repository),
  );
  await blobs.put([packed.bundle], 'application/vnd.dev.sigstore.bundle.v0.3+json', repository);
  return {
    settled: { sha256: packed.sha256, size: packed.zip.size, bundleSha256: packed.bundleSha256 },
  };
};

/** The rules of the repository as they were last found: under which the release was made. */
async function settingsOf({ database, aggregate: { repository } }: EffectContext) {
  const stored = await readAggregate(database, governanceOf(repository));
  const state = (stored?.state as GovernanceState | undefined) ?? null;
  const exported = state && exportGovernance(repository, state);
  return exported === null ? [] : [{ path: exportPath, text: `${canonicalJson(exported)}\n` }];
}

/** What the policies were asked, and they themselves as far as they are still the same. */
async function decisionsOf(
  { approvals }: EvidenceFacts,
  { blobs, policy: { policies } }: EffectContext,
): Promise<Pick<EvidenceInputs, 'questions' | 'policies'>> {
  const asked = [...new Set(approvals.flatMap(({ inputSha256 }) => inputSha256 ?? []))].toSorted();
  const questions = await Promise.all(
    asked.map(async (sha256) => {
      const content = await blobs.find(sha256);
      if (content === null) throw evidenceLost('What the policies were asked', sha256);
      return content;
    }),
  );
  const decided = approvals.some(({ policySha256 }) => policySha256 === policies?.sha256);
  return { questions, policies: policies !== undefined && decided ? [policies] : [] };
}

async function filesOf(report: GateReport, context: EffectContext): Promise<readonly EvidenceItem[]> {
  const files = await readEvidenceFiles(context.database, context.aggregate.repository, report);
  return Promise.all(
    files.map(async ({ path, mediaType, sha256 }) => {
      const content = await context.blobs.find(sha256);
      if (content === null) throw evidenceLost(`${path} of the ${report.gate} gate`, sha256);
      return { path, mediaType, content, origin: `gate:${report.gate}` };
    }),
  );
}

/**
 * The release's own entries, those that tell of the repository's names, and behind them the newest: the head that the
 * evidence records; and what proves that all of them stand in the whole log.
 */
async function auditOf(context: EffectContext): Promise<Pick<EvidenceInputs, 'audit' | 'auditTree'>> {
  const { database, aggregate, evidence, now } = context;
  const { repository } = aggregate;
  const head = await signAuditHead(repository, { database, signer: evidence.signer, now });
  const own = await readAudit(database, repository, aggregate);
  const last = head === null ? null : await auditEntryAt(database, repository, head.size);
  if (head === null || last === null) return { audit: own };
  const renamed = await findAudit(database, { repository, action: renamedAction });
  const covered = [...own, ...renamed].filter(({ seq }) => seq < head.size).toSorted((a, b) => a.seq - b.seq);
  const audit = [...covered, last];
  return {
    audit,
    auditTree: { head: head.bundle, proofs: await proveEntries(database, repository, head.size, audit) },
  };
}

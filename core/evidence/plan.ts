import { createHash } from 'node:crypto';
import { headOf } from '../audit/entry.ts';
import { namesOf } from '../audit/names.ts';
import type { GateReport } from '../flow/event.ts';
import { gateNames } from '../gate/names.ts';
import type { ArchiveEntry } from '../ports/archive.ts';
import { type Candidate, gateDocument, ownDocuments, partitionAudit, reservedPath } from './documents.ts';
import type { EvidenceInputs, EvidenceItem } from './inputs.ts';
import { type Manifest, manifestPath, type RefusedEntry, renderManifest } from './manifest.ts';
import { selectEntries } from './select.ts';
import { absentSlots } from './slots.ts';

/** What the evidence zip will hold. `entries` include the manifest. */
export interface BundlePlan {
  readonly manifest: Manifest;
  readonly manifestSha256: string;
  readonly entries: readonly ArchiveEntry[];
}

/**
 * Plans the evidence zip. Nothing is dropped in silence: what is refused (a bad path, a credential, another
 * commit's result) and what nobody produced both stand in the manifest.
 */
export function planBundle(inputs: EvidenceInputs): BundlePlan {
  const { reports, refused: otherCommits } = selectReports(inputs);
  const audit = partitionAudit(inputs.audit);
  const { accepted, refused } = selectEntries([
    ...ownDocuments(inputs, audit.kept).map((document) => ({ ...document, own: true })),
    ...reports.map((report) => ({ ...gateDocument(report), own: true })),
    ...inputs.files.map(candidateOf).map((file) => ({
      ...file,
      own: false,
      problem: fileProblem(file, reports),
    })),
  ]);
  const manifest: Manifest = {
    ...aboutRelease(inputs),
    gates: reports.map((report) => aboutGate(report, inputs)),
    exceptions: inputs.exceptions.map((exception) => ({ ...exception })),
    audit_head:
      inputs.audit.length === 0 ? null : headOf(inputs.audit.at(-1) as (typeof inputs.audit)[number]),
    entries: accepted.map((entry) => aboutEntry(entry, reports)),
    absent: absentSlots(
      accepted.map(({ path }) => path),
      inputs.absent,
    ).map((slot) => ({ ...slot })),
    refused: [...otherCommits, ...refused, ...audit.dropped.map(({ seq }) => droppedAudit(seq))],
  };
  const bytes = renderManifest(manifest);
  return {
    manifest,
    manifestSha256: sha256(bytes),
    entries: [...accepted, { path: manifestPath, content: bytes }].map(({ path, content }) => ({
      path,
      content,
    })),
  };
}

function candidateOf({ path, mediaType, content, origin }: EvidenceItem): Candidate {
  return { path, mediaType, content, size: content.size, sha256: content.sha256, origin };
}

/** One report a gate, the newest, in the gates' order; results of other commits are refused by name. */
function selectReports({ reports, subject, audit }: EvidenceInputs): {
  readonly reports: readonly GateReport[];
  readonly refused: readonly RefusedEntry[];
} {
  const names = [...namesOf(audit), subject.repository];
  const fits = ({ result }: GateReport): boolean =>
    result.subject.sha === subject.commit && names.includes(result.subject.repository);
  const newest = (gate: string): readonly GateReport[] =>
    reports
      .filter((report) => report.gate === gate && fits(report))
      .sort((a, b) => b.origin.receivedAt - a.origin.receivedAt || (a.resultSha256 < b.resultSha256 ? -1 : 1))
      .slice(0, 1);
  const selected = gateNames.flatMap(newest);
  const refused = gateNames
    .filter((gate) => !selected.some((report) => report.gate === gate))
    .flatMap((gate) => reports.filter((report) => report.gate === gate).slice(0, 1))
    .map(
      ({ gate, result }): RefusedEntry => ({
        path: `gates/${gate}.json`,
        code: 'OTHER_COMMIT',
        reason: `the result is for ${result.subject.repository} at ${result.subject.sha}`,
      }),
    );
  return { reports: selected, refused };
}

/** A gate's file counts only when the selected result of that gate names it with this digest. */
function fileProblem(
  file: Candidate,
  reports: readonly GateReport[],
): Pick<RefusedEntry, 'code' | 'reason'> | null {
  if (reservedPath.test(file.path)) {
    return { code: 'RESERVED_PATH', reason: 'only the Conductor writes there' };
  }
  const gate = /^gate:(.+)$/.exec(file.origin)?.[1];
  if (gate === undefined) return null;
  const references = reports.find((report) => report.gate === gate)?.result.evidence ?? [];
  if (references.some((reference) => reference.path === file.path && reference.sha256 === file.sha256))
    return null;
  return {
    code: 'NOT_OF_THIS_RESULT',
    reason: `the result of ${gate} does not name it with sha256 ${file.sha256}`,
  };
}

function aboutRelease(inputs: EvidenceInputs) {
  const { repository, tag, tagObject, commit, tree, artifacts } = inputs.subject;
  return {
    schema_version: 1,
    subject: {
      repository,
      tag,
      tag_object: tagObject,
      commit,
      tree,
      artifacts: artifacts.map(({ name, sha256: digest }) => ({ name, sha256: digest })),
    },
    outcome: inputs.outcome,
    decided_at: new Date(inputs.decidedAt).toISOString(),
    promoted_at: inputs.promotedAt === null ? null : new Date(inputs.promotedAt).toISOString(),
    config_sha256: inputs.configSha256,
    policy_sha256: [...new Set(inputs.policySha256)].sort(),
    max_gate_age_ms: inputs.maxGateAge,
    required_gates: gateNames.filter((gate) => inputs.requiredGates.includes(gate)),
  } as const;
}

function aboutGate({ gate, result, origin }: GateReport, inputs: EvidenceInputs): Manifest['gates'][number] {
  return {
    gate,
    required: inputs.requiredGates.includes(gate),
    verdict: result.verdict,
    result_sha256: gateDocument({ gate, result, origin, resultSha256: '' }).sha256,
    finished_at: result.finished_at,
    via: origin.via,
    run_id: origin.runId ?? null,
    run_attempt: origin.runAttempt ?? null,
    workflow_ref: origin.workflowRef ?? null,
  };
}

function aboutEntry(entry: Candidate, reports: readonly GateReport[]): Manifest['entries'][number] {
  const report = reports.find(({ gate }) => entry.origin === `gate:${gate}`);
  return {
    path: entry.path,
    size: entry.size,
    sha256: entry.sha256,
    media_type: entry.mediaType,
    origin: entry.origin,
    verdict: report?.result.verdict ?? null,
    verification: verificationOf(entry.origin, report?.origin.via),
  };
}

/** What proves who made an entry: a gate's files are named by digest in its result, and count as the result does. */
function verificationOf(
  origin: string,
  via: GateReport['origin']['via'] | undefined,
): NonNullable<Manifest['entries'][number]['verification']> {
  switch (via) {
    case 'oidc':
      return 'identity';
    case 'artifact':
      return 'artifact';
    case 'in-process':
      return 'own';
    case undefined:
      return origin === 'conductor' ? 'own' : 'unproven';
  }
}

function droppedAudit(seq: number): RefusedEntry {
  return {
    path: 'audit/highlights.jsonl',
    code: 'SECRET',
    reason: `audit entry ${seq} holds what looks like a credential`,
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

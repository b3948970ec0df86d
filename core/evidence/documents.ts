import { createHash } from 'node:crypto';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { AuditEntry } from '../audit/entry.ts';
import { judgeChart } from '../canary/chart.ts';
import { renderSvg } from '../chart/svg.ts';
import type { GateReport } from '../flow/event.ts';
import type { StoredContent } from '../ports/blob-store.ts';
import type { CanaryRecord, EvidenceInputs } from './inputs.ts';
import { findSecrets, redactSecrets } from './secrets.ts';

/** A file of the bundle before it is judged. */
export interface Candidate {
  readonly path: string;
  readonly mediaType: string;
  /** In memory for what the Conductor writes; in a store for what others made. */
  readonly content: Uint8Array | StoredContent;
  readonly size: number;
  readonly sha256: string;
  readonly origin: string;
}

export const highlightsPath = 'audit/highlights.jsonl';
export const treeHeadPath = 'audit/tree_head.sigstore.json';
export const inclusionProofsPath = 'audit/inclusion_proofs.json';

/** Places that only the Conductor writes; a gate's file there would speak in its name. */
export const reservedPath =
  /^(gates|canary|audit|deployment|decisions)(\/|$)|^(_manifest\.json|release_notes\.md|approvals_matrix\.json|identity\/repository-settings\.json)$/i;

/** The files that the Conductor itself writes, from what it knows. Credentials in free text are removed. */
export function ownDocuments(inputs: EvidenceInputs, audit: readonly AuditEntry[]): readonly Candidate[] {
  const documents = [
    text('release_notes.md', 'text/markdown', `${redactSecrets(inputs.releaseNotes).trimEnd()}\n`),
    ...(inputs.documents ?? []).map((document) =>
      text(document.path, mediaTypeOf(document.path), `${redactSecrets(document.text).trimEnd()}\n`),
    ),
    json('approvals_matrix.json', approvalsMatrix(inputs)),
    ...inputs.canary.flatMap(canaryDocuments),
    ...(inputs.questions ?? []).map(questionDocument),
    ...(inputs.policies ?? []).map(({ sha256, ...policies }) => json(policiesPath(sha256), policies)),
  ];
  if (audit.length === 0) return documents;
  const lines = audit.map((entry) => `${canonicalJson(entry)}\n`).join('');
  return [...documents, text(highlightsPath, 'application/jsonl', lines), ...auditTree(inputs, audit)];
}

export const questionPath = (sha256: string): string => `decisions/questions/${sha256}.json`;
export const policiesPath = (sha256: string): string => `decisions/policies/${sha256}.json`;

/** What the policies were asked once, byte for byte: its name is its digest. */
function questionDocument(content: StoredContent): Candidate {
  const { size, sha256 } = content;
  return {
    path: questionPath(sha256),
    mediaType: 'application/json',
    content,
    size,
    sha256,
    origin: 'conductor',
  };
}

function mediaTypeOf(path: string): string {
  return path.endsWith('.json') ? 'application/json' : 'text/markdown';
}

/** The judge's last word on a step with what it saw, and a picture of it. */
function canaryDocuments(canary: CanaryRecord, index: number): readonly Candidate[] {
  const stem = `canary/${index + 1}-step-${canary.step}-at-${canary.weight}`;
  const document = json(`${stem}.json`, { schema_version: 1, ...canary });
  if (canary.record === undefined) return [document];
  return [document, text(`${stem}.svg`, 'image/svg+xml', renderSvg(judgeChart(canary.record)))];
}

/** What ties the highlights to the whole log. Entries that were left out need no proof. */
function auditTree({ auditTree: tree }: EvidenceInputs, audit: readonly AuditEntry[]): readonly Candidate[] {
  if (tree === undefined) return [];
  const proofs = tree.proofs.proofs.filter(({ seq }) => audit.some((entry) => entry.seq === seq));
  return [
    text(treeHeadPath, 'application/vnd.dev.sigstore.bundle.v0.3+json', tree.head),
    json(inclusionProofsPath, { ...tree.proofs, proofs }),
  ];
}

/**
 * A gate's result as it was believed. Canonical, and not a byte more: its digest is the one that intake answered and
 * that the audit log records.
 */
export function gateDocument(report: GateReport): Candidate {
  const content = new TextEncoder().encode(canonicalJson(report.result));
  return inMemory(`gates/${report.gate}.json`, 'application/json', content, `gate:${report.gate}`);
}

/** Audit entries cannot be redacted without breaking their hashes, so one with a credential is left out. */
export function partitionAudit(entries: readonly AuditEntry[]): {
  readonly kept: readonly AuditEntry[];
  readonly dropped: readonly AuditEntry[];
} {
  const hasSecret = (entry: AuditEntry): boolean => findSecrets(canonicalJson(entry)).length > 0;
  return {
    kept: entries.filter((entry) => !hasSecret(entry)),
    dropped: entries.filter(hasSecret),
  };
}

function approvalsMatrix({ subject, approvals, exceptions }: EvidenceInputs): unknown {
  return {
    schema_version: 1,
    release: subject.tag,
    approvals: approvals.map((approval) => ({ ...approval, at: new Date(approval.at).toISOString() })),
    exceptions,
  };
}

function json(path: string, value: unknown): Candidate {
  const tidy = JSON.stringify(JSON.parse(canonicalJson(value)), null, 2);
  return text(path, 'application/json', `${redactSecrets(tidy)}\n`);
}

function text(path: string, mediaType: string, content: string): Candidate {
  return inMemory(path, mediaType, new TextEncoder().encode(content), 'conductor');
}

function inMemory(path: string, mediaType: string, content: Uint8Array, origin: string): Candidate {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path, mediaType, content, size: content.length, sha256, origin };
}

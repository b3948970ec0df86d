import type { AuditEntry } from '../audit/entry.ts';
import type { InclusionProofs } from '../audit/tree-head.ts';
import type { JudgeRecord } from '../canary/record.ts';
import type { GateReport } from '../flow/event.ts';
import type { GateName } from '../gate/names.ts';
import type { StoredContent } from '../ports/blob-store.ts';
import type { PolicyDocument } from '../ports/policy-engine.ts';

/** What the evidence is about. All digests are lower-case hex. */
export interface EvidenceSubject {
  readonly repository: string;
  readonly tag: string;
  /** SHA of the annotated tag object; of the commit for a lightweight tag. */
  readonly tagObject: string;
  readonly commit: string;
  readonly tree: string;
  /** What was shipped: images, packages. Empty when nobody reported any. */
  readonly artifacts: readonly { readonly name: string; readonly sha256: string }[];
}

/** One decision of a person or of the Conductor about one step: a row of `approvals_matrix.json`. */
export interface Approval {
  readonly step: string;
  readonly actor: string;
  readonly role: string | null;
  readonly decision: 'allowed' | 'denied' | 'waiting' | 'approved' | 'rejected';
  readonly reasons: readonly string[];
  readonly command?: string;
  /** Reason for access, as it was given. */
  readonly reason?: string;
  /** The second persons behind an allowed command. */
  readonly approvedBy?: readonly string[];
  /** Digest of the passkey that it was confirmed with; null: it was not. */
  readonly stepUp?: string | null;
  /** Gates that an override let it pass. */
  readonly overridden?: readonly string[];
  /** When its comment was edited or deleted after it had counted, ms since the epoch. */
  readonly changedAt?: number | null;
  readonly sha: string;
  /** ms since the epoch. */
  readonly at: number;
  readonly url: string | null;
  /** What was asked of which policies; absent when nothing was. */
  readonly inputSha256?: string;
  readonly policySha256?: string;
}

/** A file that a gate or another producer stored; `origin` is shown in the manifest (`gate:slo`, `drill:…`). */
export interface EvidenceItem {
  readonly path: string;
  readonly mediaType: string;
  readonly content: StoredContent;
  readonly origin: string;
}

/** The judge's last word on one step of the canary, as plain data. */
export interface CanaryRecord {
  readonly step: number;
  /** Where the step took place; absent in records of before there were several production environments. */
  readonly environment?: string;
  readonly weight: number;
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
  /** What the judge saw: every verdict can be computed from it again. */
  readonly record?: JudgeRecord;
}

/**
 * Everything that the evidence zip is made from. The same inputs give the same bytes: nothing else (no clock,
 * no host, no order of arrival) takes part.
 */
export interface EvidenceInputs {
  readonly subject: EvidenceSubject;
  readonly outcome: 'ga' | 'rolled-back';
  /** When the release machine decided to pack, ms since the epoch. */
  readonly decidedAt: number;
  /** When the last promotion was allowed: gate results are judged by their age then. Null: none was. */
  readonly promotedAt: number | null;
  readonly configSha256: string;
  /** Digests of the policies that decided; empty when none did. */
  readonly policySha256: readonly string[];
  readonly requiredGates: readonly GateName[];
  /** Age in ms above which a gate result did not count at a promotion. */
  readonly maxGateAge: number;
  readonly reports: readonly GateReport[];
  readonly files: readonly EvidenceItem[];
  readonly canary: readonly CanaryRecord[];
  readonly approvals: readonly Approval[];
  /** Exceptions that were in force, as plain data: they are always listed. */
  readonly exceptions: readonly Readonly<Record<string, unknown>>[];
  readonly releaseNotes: string;
  /** Further texts of the Conductor: the deployment plan and report. */
  readonly documents?: readonly { readonly path: string; readonly text: string }[];
  /** The entries of this release, oldest first, and behind them the repository's newest entry (the head). */
  readonly audit: readonly AuditEntry[];
  /** The signed head of the whole log (a sigstore bundle) and the places of `audit` in its tree; absent: none was signed. */
  readonly auditTree?: { readonly head: string; readonly proofs: InclusionProofs };
  /** What the policies were asked, by digest: the rows of `approvals` name them. */
  readonly questions?: readonly StoredContent[];
  /** The policies that answered. */
  readonly policies?: readonly PolicyDocument[];
  /** Why a slot of the layout is empty, by slot name; slots that are not named here get their usual reason. */
  readonly absent?: Readonly<Record<string, string>>;
}

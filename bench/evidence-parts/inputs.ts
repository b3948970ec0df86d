import { nextAuditEntry } from '../../core/audit/entry.ts';
import type { EvidenceInputs, EvidenceItem } from '../../core/evidence/inputs.ts';

/** A rollback, which needs no gate, with these files. */
export function inputsWith(files: readonly EvidenceItem[]): EvidenceInputs {
  const decidedAt = Date.parse('2026-01-02T05:00:00Z');
  const note = { action: 'release.rolled-back', actor: 'mona', reason: 'asked', reasonCode: null, data: {} };
  return {
    subject: {
      repository: 'acme/shop',
      tag: 'v1.0.0',
      tagObject: 'b'.repeat(40),
      commit: 'a'.repeat(40),
      tree: 'c'.repeat(40),
      artifacts: [],
    },
    outcome: 'rolled-back',
    decidedAt,
    promotedAt: null,
    configSha256: '0'.repeat(64),
    policySha256: [],
    requiredGates: [],
    maxGateAge: 86_400_000,
    reports: [],
    files,
    canary: [],
    approvals: [],
    exceptions: [],
    releaseNotes: '# v1.0.0',
    audit: [nextAuditEntry(null, note, decidedAt, 'acme/shop')],
  };
}

import { deploymentPlan } from '../comms/deployment-plan.ts';
import { deploymentReportFile } from '../comms/deployment-report.ts';
import { releaseNotes } from '../comms/release-notes.ts';
import { InternalError } from '../errors.ts';
import type { EvidenceInputs } from '../evidence/inputs.ts';
import { shippedArtifacts } from './artifacts.ts';
import type { ReleaseState } from './state.ts';

/** What only the state knows of the evidence. Gate reports, files and the audit log come from the store. */
export type EvidenceFacts = Pick<
  EvidenceInputs,
  | 'subject'
  | 'outcome'
  | 'decidedAt'
  | 'promotedAt'
  | 'configSha256'
  | 'policySha256'
  | 'requiredGates'
  | 'maxGateAge'
  | 'canary'
  | 'approvals'
  | 'exceptions'
  | 'releaseNotes'
  | 'documents'
>;

export function evidenceFacts(
  state: ReleaseState,
  outcome: EvidenceInputs['outcome'],
  repository: string,
  now: number,
): EvidenceFacts {
  const { plan } = state;
  if (plan === null) {
    throw new InternalError(
      'RELEASE_WITHOUT_PLAN',
      `release ${state.tag} has no plan`,
      'Please report this.',
    );
  }
  const ended = outcome === 'ga' ? 'success' : 'rolled_back';
  return {
    subject: {
      repository,
      tag: state.tag,
      tagObject: plan.tagObject,
      commit: plan.commit,
      tree: plan.tree,
      artifacts: shippedArtifacts(state),
    },
    outcome,
    decidedAt: now,
    promotedAt: state.promotedAt,
    configSha256: plan.configSha256,
    policySha256: [...new Set(state.approvals.map((row) => row.policySha256))].toSorted(),
    requiredGates: plan.config.required_gates,
    maxGateAge: plan.config.max_gate_age,
    canary: state.canaryRecords,
    approvals: state.approvals.map(({ commentId: _comment, ...approval }) => approval),
    exceptions: state.overrides.map(({ n, gate, reason, by, approvedBy, at, until }) => ({
      id: `override/${n}`,
      kind: 'break-glass',
      gate,
      reason,
      requested_by: by,
      approved_by: approvedBy,
      from: new Date(at).toISOString(),
      until: new Date(until).toISOString(),
    })),
    releaseNotes: releaseNotes(state),
    documents: [
      { path: 'deployment/plan.md', text: deploymentPlan(state) },
      { path: 'deployment/report.md', text: deploymentReportFile(state, ended, repository, now) },
    ],
  };
}

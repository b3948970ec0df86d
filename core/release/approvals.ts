import type { Decided } from '../commands/desk/desk.ts';
import { optionsOf } from '../commands/desk/issued.ts';
import type { ApprovalRow } from './accounts.ts';
import type { ReleaseDraft } from './draft.ts';
import { activeOverrides } from './overrides.ts';

const rows = 200;

/** Keeps a row of the approvals matrix: who asked for what, who agreed, and what was decided by which policy. */
export function recordDecision(draft: ReleaseDraft, decided: Decided): void {
  const { pending, assessment, decision, reasons, demand } = decided;
  const { command, actor, source } = pending;
  const { input } = assessment;
  const isPromotion = command.name === 'promote';
  const row: ApprovalRow = {
    step: isPromotion ? `${input.step.target_weight ?? '?'} %` : `/${command.name}`,
    command: command.name,
    actor: actor.login,
    role: input.actor.role,
    decision: decision === 'allowed' ? (verdictOf[command.name] ?? decision) : decision,
    reasons: reasons.map(({ code, message }) => `${code}: ${message}`),
    reason: optionsOf(pending).reason,
    approvedBy: demand?.approvals.map(({ login }) => login) ?? [],
    stepUp: demand?.stepUp?.credential ?? null,
    overridden: isPromotion ? activeOverrides(draft.state, draft.now).map(({ gate }) => gate) : [],
    sha: draft.state.sha,
    at: draft.now,
    url: source.url === '' ? null : source.url,
    commentId: source.commentId,
    changedAt: null,
    policySha256: assessment.decision.policy_sha256,
    inputSha256: assessment.inputSha256,
  };
  draft.set({ approvals: [...draft.state.approvals, row].slice(-rows) });
}

const verdictOf: Readonly<Record<string, ApprovalRow['decision']>> = {
  approve: 'approved',
  reject: 'rejected',
};

/** A comment behind a row was edited or deleted after it had counted: the matrix says so, and so does the issue. */
export function markChangedComment(draft: ReleaseDraft, commentId: number): void {
  const touched = draft.state.approvals.filter(
    (row) => row.commentId === commentId && row.changedAt === null && counted.has(row.decision),
  );
  if (touched.length === 0) return;
  const approvals = draft.state.approvals.map((row) =>
    touched.includes(row) ? { ...row, changedAt: draft.now } : row,
  );
  draft.set({ approvals });
  for (const { actor, command } of touched) {
    draft.tell(`⚠️ the comment behind \`/${command}\` of ${actor} was edited or deleted afterwards`);
    draft.note(
      'approval.changed',
      actor,
      `the comment behind /${command} was edited or deleted afterwards`,
      'APPROVAL_VOID',
      {
        comment: commentId,
      },
    );
  }
}

const counted: ReadonlySet<ApprovalRow['decision']> = new Set(['allowed', 'approved', 'rejected']);

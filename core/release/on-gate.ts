import type { GateReport } from '../flow/event.ts';
import { checkNameOf, type GateName } from '../gate/names.ts';
import { recordOf, supersedes } from '../gate/record.ts';
import { isPassing } from '../gate/result.ts';
import type { ReleaseDraft } from './draft.ts';
import { gatesNotPassed } from './gates.ts';
import { startStageWhenGatesPass } from './on-preflight.ts';
import { hasLeftTheWay, isGoingBack, type Phase } from './phase.ts';
import { advanceAnew } from './promote.ts';
import { stopWhenCritical } from './stop.ts';

/** A result counts only for exactly the tagged commit, and only the newest run's. */
export function onGateReported(draft: ReleaseDraft, report: GateReport): void {
  const { state } = draft;
  const record = recordOf(report);
  if ((hasLeftTheWay(state.phase) && state.phase !== 'observing') || record.sha !== state.sha) return;
  if (!supersedes(record, state.gates[report.gate])) return;
  draft.set({ gates: { ...state.gates, [report.gate]: record } });
  const status = isPassing(record.verdict) ? 'PASS' : 'FAIL';
  draft.tell(`gate \`${checkNameOf[report.gate]}\`: ${record.verdict}`, status);
  draft.note('gate.verdict', 'gate', `${checkNameOf[report.gate]}: ${record.verdict}`, null, {
    gate: report.gate,
    verdict: record.verdict,
    result_sha256: record.resultSha256,
    run_id: record.runId,
    run_attempt: record.runAttempt,
  });
  startStageWhenGatesPass(draft);
  if (!stopWhenCritical(draft, report.gate)) holdWhenGateTurnsRed(draft, report.gate);
  advanceAnew(draft);
}

/** A re-run that turns a required gate red after the stage began stops the promotion, not the traffic. */
function holdWhenGateTurnsRed(draft: ReleaseDraft, gate: GateName): void {
  const { phase, hold } = draft.state;
  if (!hasBegun(phase) || hold !== null || !gatesNotPassed(draft.state, draft.now).includes(gate)) return;
  const reason = `${checkNameOf[gate]} is now ${draft.state.gates[gate]?.verdict} for this commit`;
  draft.hold('GATE_FAILED', reason, 'conductor');
  draft.comment(`gate-red/${draft.next('gate-red')}`, `⏸️ Held: ${reason}. Resume when it has passed again.`);
}

/** From the stage on, until it is GA or goes back. */
function hasBegun(phase: Phase): boolean {
  return !['new', 'planning', 'queued', 'gating', 'observing'].includes(phase) && !isGoingBack(phase);
}

import { inlineText } from '../gate/markdown.ts';
import { checkNameOf, type GateName } from '../gate/names.ts';
import { refusedRerun, rerunOrders, rerunRefusedText, voided } from '../gate/rerun.ts';
import type { ReleaseDraft } from './draft.ts';

/** Runs the workflows that reported these gates again; their older results no longer count. */
export function rerunGates(draft: ReleaseDraft, which: GateName | 'all', by: string): string {
  const before = draft.state.gates;
  const known = Object.entries(before).filter(([gate]) => which === 'all' || gate === which);
  const gates = { ...before };
  for (const [gate, record] of known) gates[gate as GateName] = voided(record);
  draft.set({ gates });
  const orders = rerunOrders(
    known.map(([, record]) => record),
    Object.values(before),
    draft.now,
  );
  for (const order of orders) draft.emit(`rerun/${draft.next('rerun')}/${order.runId}`, order);
  const names = namesOf(known.map(([gate]) => gate as GateName));
  draft.tell(`re-run of ${names} ordered by ${inlineText(by)}`);
  draft.note('gates.rerun', by, `re-run of ${known.map(([gate]) => gate).join(', ')}`, null, {
    runs: orders.map(({ runId }) => runId),
  });
  return `Running ${names} again; until ${known.length === 1 ? 'it reports' : 'they report'} anew the older results do not count.`;
}

/** The release waits for nobody: it says which gates will not report by themselves, and what to do. */
export function onRerunRefused(draft: ReleaseDraft, runId: number, reason: string): void {
  const gates = { ...draft.state.gates };
  const refused = (Object.keys(gates) as GateName[]).filter((gate) => {
    const record = gates[gate];
    if (record !== undefined) gates[gate] = refusedRerun(record, runId, reason);
    return gates[gate] !== record;
  });
  if (refused.length === 0) return;
  draft.set({ gates });
  draft.tell(`${namesOf(refused)}: ${rerunRefusedText(reason)}`);
  draft.note('gates.rerun.refused', 'github', reason.slice(0, 500), 'GATE_RERUN_REFUSED', {
    run: runId,
    gates: refused,
  });
}

function namesOf(gates: readonly GateName[]): string {
  return gates.map((gate) => `\`${checkNameOf[gate]}\``).join(', ');
}

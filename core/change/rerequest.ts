import { checkNameOf, type GateName, gateNames } from '../gate/names.ts';
import { queuedCheck } from './check-content.ts';
import type { ChangeDraft } from './draft.ts';

/** Until the newer run has reported, the older success does not count. */
export function rerequest(draft: ChangeDraft, gates: readonly GateName[]): void {
  if (!draft.state.open) return;
  for (const gate of gates) {
    const record = draft.state.gates[gate];
    if (record !== undefined) {
      draft.state = {
        ...draft.state,
        gates: { ...draft.state.gates, [gate]: { ...record, superseded: true } },
      };
    }
    draft.check(gate, queuedCheck(draft.state.sha, gate));
  }
  draft.comment();
}

/** Runs the workflows that reported these gates again; what follows from it, for the reply. */
export function orderRerun(draft: ChangeDraft, which: GateName | 'all', by: string): string {
  const gates = gateNames.filter(
    (gate) => (which === 'all' || gate === which) && draft.state.gates[gate]?.runId != null,
  );
  const runs = new Set(gates.flatMap((gate) => draft.state.gates[gate]?.runId ?? []));
  rerequest(draft, gates);
  for (const runId of runs)
    draft.emit(`rerun/${draft.next('rerun')}/${runId}`, { kind: 'rerunWorkflow', runId });
  draft.note('gates.rerun', by, `re-run of ${gates.join(', ')}`, { runs: [...runs] });
  return `Running ${gates.map((gate) => `\`${checkNameOf[gate]}\``).join(', ')} again; until they report anew the older results do not count.`;
}

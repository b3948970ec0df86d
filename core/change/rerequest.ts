import { checkNameOf, type GateName, gateNames } from '../gate/names.ts';
import { queuedCheck } from './check-content.ts';
import type { ChangeDraft } from './draft.ts';
import { countingGates } from './previewed.ts';

/** Until the newer run has reported, the older success does not count. */
export function rerequest(draft: ChangeDraft, gates: readonly GateName[]): void {
  if (!draft.state.open) return;
  for (const gate of gates) {
    const record = draft.state.gates[gate];
    const preview = draft.state.previewed?.[gate];
    // What a preview said is red until another preview says better: nobody could be sure that its run can be repeated.
    if (preview !== undefined && countingGates(draft.state)[gate] === preview) continue;
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
  const counting = countingGates(draft.state);
  const gates = gateNames.filter(
    (gate) => (which === 'all' || gate === which) && counting[gate]?.runId != null,
  );
  const runs = new Set(gates.flatMap((gate) => counting[gate]?.runId ?? []));
  rerequest(draft, gates);
  for (const runId of runs)
    draft.emit(`rerun/${draft.next('rerun')}/${runId}`, { kind: 'rerunWorkflow', runId });
  draft.note('gates.rerun', by, `re-run of ${gates.join(', ')}`, { runs: [...runs] });
  return `Running ${gates.map((gate) => `\`${checkNameOf[gate]}\``).join(', ')} again; until they report anew the older results do not count.`;
}

import { inlineText } from '../gate/markdown.ts';
import { checkNameOf, type GateName } from '../gate/names.ts';
import type { ReleaseDraft } from './draft.ts';

/** Runs the workflows that reported these gates again; their older results no longer count. */
export function rerunGates(draft: ReleaseDraft, which: GateName | 'all', by: string): string {
  const known = Object.entries(draft.state.gates).filter(([gate]) => which === 'all' || gate === which);
  const gates = { ...draft.state.gates };
  for (const [gate, record] of known) gates[gate as GateName] = { ...record, superseded: true };
  draft.set({ gates });
  const runs = new Set(known.flatMap(([, { runId }]) => (runId === null ? [] : [runId])));
  for (const runId of runs)
    draft.emit(`rerun/${draft.next('rerun')}/${runId}`, { kind: 'rerunWorkflow', runId });
  const names = known.map(([gate]) => `\`${checkNameOf[gate as GateName]}\``).join(', ');
  draft.tell(`re-run of ${names} ordered by ${inlineText(by)}`);
  draft.note('gates.rerun', by, `re-run of ${known.map(([gate]) => gate).join(', ')}`, null, {
    runs: [...runs],
  });
  return `Running ${names} again; until ${known.length === 1 ? 'it reports' : 'they report'} anew the older results do not count.`;
}

import type { ChangeEvent } from '../flow/event.ts';
import { effectIdOf } from '../flow/key.ts';
import { checkNameOf, type GateName, gateNames } from '../gate/names.ts';
import { refusedRerun, rerunOrders, voided } from '../gate/rerun.ts';
import { queuedCheck, rerunRefusedCheck } from './check-content.ts';
import type { ChangeDraft } from './draft.ts';
import { countingGates } from './previewed.ts';

/**
 * Somebody pressed "Re-run" on checks of a commit, which may not be the head any more. What they saw may be old too:
 * the webhook may come after the result that they wanted.
 */
export function onRerequested(
  draft: ChangeDraft,
  {
    gates,
    sha = draft.state.sha,
    by = 'somebody',
    seen,
  }: Extract<ChangeEvent, { type: 'checks.rerequested' }>,
): void {
  if (sha !== draft.state.sha || !draft.state.open) return;
  const asked = (gates === 'all' ? gateNames : gates).filter((gate) => !isOutdated(draft, gate, seen));
  if (asked.length > 0) repeat(draft, asked, by);
}

function isOutdated(draft: ChangeDraft, gate: GateName, seen: string | undefined): boolean {
  if (seen === undefined) return false;
  const [kind, name, n] = effectIdOf(seen).split('/');
  const written = draft.state.checks[gate]?.n ?? 0;
  return kind === 'check' && name === checkNameOf[gate] && Number(n) < written;
}

/** Runs the workflows that reported these gates again; what follows from it, for the reply. */
export function orderRerun(draft: ChangeDraft, which: GateName | 'all', by: string): string {
  const counting = countingGates(draft.state);
  const gates = gateNames.filter(
    (gate) => (which === 'all' || gate === which) && counting[gate]?.runId != null,
  );
  if (draft.state.open) repeat(draft, gates, by);
  return `Running ${gates.map((gate) => `\`${checkNameOf[gate]}\``).join(', ')} again; until they report anew the older results do not count.`;
}

/** Until the newer run has reported, the older success does not count. */
function repeat(draft: ChangeDraft, gates: readonly GateName[], by: string): void {
  const counting = countingGates(draft.state);
  const known = [draft.state.gates, draft.state.previewed ?? {}].flatMap((records) => Object.values(records));
  const asked = gates.flatMap((gate) => counting[gate] ?? []);
  const orders = rerunOrders(asked, known, draft.now);
  for (const gate of gates) wait(draft, gate);
  draft.comment();
  for (const order of orders) draft.emit(`rerun/${draft.next('rerun')}/${order.runId}`, order);
  draft.note('gates.rerun', by, `re-run of ${gates.join(', ')}`, { runs: orders.map(({ runId }) => runId) });
}

function wait(draft: ChangeDraft, gate: GateName): void {
  const record = draft.state.gates[gate];
  const preview = draft.state.previewed?.[gate];
  // What a preview said is red until another preview says better: nobody could be sure that its run can be repeated.
  if (preview !== undefined && countingGates(draft.state)[gate] === preview) return;
  if (record !== undefined) {
    draft.set({ gates: { ...draft.state.gates, [gate]: voided(record) } });
  }
  draft.check(gate, queuedCheck(draft.state.sha, gate));
}

/** A check goes on waiting for nobody: it says that nothing comes by itself, and what to do. */
export function onRerunRefused(draft: ChangeDraft, runId: number, reason: string): void {
  const { open, gates, sha } = draft.state;
  if (!open) return;
  for (const gate of gateNames) {
    const record = gates[gate];
    const refused = record && refusedRerun(record, runId, reason);
    if (refused === undefined || refused === record) continue;
    draft.set({ gates: { ...draft.state.gates, [gate]: refused } });
    draft.check(gate, rerunRefusedCheck(sha, reason));
  }
  draft.comment();
}

import type { RerunOrder } from './effect.ts';
import { inlineText } from './markdown.ts';
import type { GateRecord } from './record.ts';

/** The record of a gate that was asked to report anew: its verdict no longer counts. */
export function voided({ rerunRefused: _, ...record }: GateRecord): GateRecord {
  return { ...record, superseded: true };
}

/** The record after GitHub refused to run its run again: nothing new will come by itself. */
export function refusedRerun(record: GateRecord, runId: number, reason: string): GateRecord {
  return record.superseded && record.runId === runId ? { ...record, rerunRefused: reason } : record;
}

/**
 * The runs that have to be run again so that the gates of `asked` report anew. A run repeats all its gates: the one
 * that another gate of it waits for already will report these as well.
 *
 * @param known records of all gates, as they were before anything was asked.
 */
export function rerunOrders(
  asked: readonly GateRecord[],
  known: readonly GateRecord[],
  at: number,
): readonly RerunOrder[] {
  const orders = new Map<number, RerunOrder>();
  for (const record of asked) {
    const { runId } = record;
    if (runId === null || isOnItsWay(record, known)) continue;
    const attempts = asked.filter((other) => other.runId === runId).map(attemptOf);
    const since = { at, attempt: Math.max(...attempts) };
    orders.set(runId, { kind: 'rerunWorkflow', runId, since });
  }
  return [...orders.values()];
}

function isOnItsWay(record: GateRecord, known: readonly GateRecord[]): boolean {
  return (
    !record.superseded &&
    known.some(
      (other) =>
        other.runId === record.runId &&
        other.superseded &&
        other.rerunRefused === undefined &&
        attemptOf(other) >= attemptOf(record),
    )
  );
}

function attemptOf({ runAttempt }: GateRecord): number {
  return runAttempt ?? 1;
}

/** What people read when a run was not run again, and what they can do. Markdown. */
export function rerunRefusedText(reason: string): string {
  return `GitHub did not run it again: ${inlineText(reason)}. It runs again what is younger than a month and not deleted. Start the workflow that submits it anew: push a commit, or "Run workflow" where it has \`workflow_dispatch\``;
}

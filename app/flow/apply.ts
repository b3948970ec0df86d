import type { Queue } from '../../adapters/pg-boss/index.ts';
import {
  appendAudit,
  lockAggregate,
  openNeighbours,
  planEffects,
  saveAggregate,
  type Transaction,
} from '../../adapters/postgres/index.ts';
import type { AuditNote, PlannedEffect } from '../../core/flow/effect.ts';
import type { AggregateRef } from '../../core/flow/event.ts';
import { type Tracing, traceIdOf } from '../../core/ports/tracing.ts';
import type { Decider, Routed } from './decide.ts';
import { laneOf } from './lanes.ts';
import { lockLedger } from './preview-ledger.ts';

export const effectQueue = 'effects';

export interface ApplyPorts {
  readonly queue: Queue;
  readonly decider: Decider;
  readonly decided: (kind: AggregateRef['kind'], event: string, notes: readonly AuditNote[]) => void;
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing;
}

/**
 * Decides what an event means and stores all of it — state, audit entries, effects with their jobs — in the
 * caller's transaction. Aggregates are locked in one order, so that two transactions cannot block each other.
 */
export async function applyEvents(
  tx: Transaction,
  routed: readonly Routed[],
  ports: ApplyPorts,
  now: number,
): Promise<void> {
  const trace = ports.tracing?.current() ?? null;
  for (const { ref, event } of routed.toSorted(byAggregate)) {
    const before = await lockAggregate(tx, ref);
    const neighbours = ref.kind === 'release' ? await openNeighbours(tx, ref) : [];
    const previews = event.type === 'preview.read' ? await lockLedger(tx, ref, now) : null;
    const context = { now, neighbours, previews };
    const { state, audit, effects } = ports.decider.decide(ref, before, event, context);
    await saveAggregate(tx, ref, state, ports.decider.isClosed(ref, state), now);
    await appendAudit(tx, ref.repository, ref, audit, now, traceIdOf(trace));
    await sendEffects(tx, ref, effects, ports.queue, now, trace);
    ports.decided(ref.kind, event.type, audit);
  }
}

/** Stores effects and their jobs. An effect decided before keeps its first job. */
export async function sendEffects(
  tx: Transaction,
  ref: AggregateRef,
  effects: readonly PlannedEffect[],
  queue: Queue,
  now: number,
  trace: string | null = null,
): Promise<void> {
  const withLanes = effects.map((planned) => ({ ...planned, lane: laneOf(ref, planned.id, planned.effect) }));
  const stored = await planEffects(tx, ref, withLanes, now, trace);
  await queue.send(
    tx,
    effectQueue,
    stored.map(({ key, notBefore }) => ({ key, data: { key }, notBefore })),
  );
}

function byAggregate(a: Routed, b: Routed): number {
  const key = ({ ref }: Routed): string => `${ref.repository} ${ref.kind} ${ref.key}`;
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}

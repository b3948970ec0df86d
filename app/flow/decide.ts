import type { IndexedState } from '../../adapters/postgres/index.ts';
import type { Decision } from '../../core/flow/effect.ts';
import type { AggregateRef, ChangeEvent, EffectSettled, ReleaseEvent } from '../../core/flow/event.ts';
import type { GovernanceEvent } from '../../core/governance/event.ts';
import type { LedgerRow } from '../../core/preview/budget.ts';
import type { LedgerEvent } from '../../core/preview/daily/decide.ts';
import type { PreviewEvent } from '../../core/preview/event.ts';
import type { Neighbour } from '../../core/release/neighbours.ts';

/** Anything that can happen to an aggregate. */
export type DomainEvent =
  | ChangeEvent
  | ReleaseEvent
  | GovernanceEvent
  | PreviewEvent
  | LedgerEvent
  | EffectSettled;

/** An event and the aggregate that it happens to. */
export interface Routed {
  readonly ref: AggregateRef;
  readonly event: DomainEvent;
}

export interface DecisionContext {
  /** Ms since the epoch. */
  readonly now: number;
  /** Of a release: the others of its repository that have not ended. */
  readonly neighbours: readonly Neighbour[];
  /** Of a preview that is looked at: what the others of its organisation cost now; null: nobody has looked. */
  readonly previews: readonly LedgerRow[] | null;
}

/** The pure heart as the flow sees it: one function for every kind of aggregate. */
export interface Decider {
  decide(
    ref: AggregateRef,
    state: unknown,
    event: DomainEvent,
    context: DecisionContext,
  ): Decision<IndexedState>;
  /** True when nothing more can happen to it but late echoes. */
  isClosed(ref: AggregateRef, state: unknown): boolean;
}

import type { AuditNote, Decision, Effect, PlannedEffect } from '../flow/effect.ts';
import type { GovernanceState } from './state.ts';

export interface GovernanceContext {
  /** Ms since the epoch. */
  readonly now: number;
  readonly repository: string;
}

/** Collects what one decision changes. */
export class GovernanceDraft {
  state: GovernanceState;
  readonly now: number;
  private readonly effects: PlannedEffect[] = [];
  private readonly audit: AuditNote[] = [];

  constructor(state: GovernanceState, { now }: GovernanceContext) {
    this.state = state;
    this.now = now;
  }

  set(change: Partial<GovernanceState>): void {
    this.state = { ...this.state, ...change };
  }

  /** @param notBefore ms since the epoch. */
  emit(id: string, effect: Effect, notBefore?: number): void {
    this.effects.push(notBefore === undefined ? { id, effect } : { id, effect, notBefore });
  }

  note(
    action: string,
    actor: string,
    reason: string,
    data: AuditNote['data'],
    reasonCode: string | null = null,
  ): void {
    this.audit.push({ action, actor, reason: reason.toWellFormed().slice(0, 500), reasonCode, data });
  }

  /** Next number of a series of effect ids. */
  next(series: string): number {
    const n = (this.state.counters[series] ?? 0) + 1;
    this.set({ counters: { ...this.state.counters, [series]: n } });
    return n;
  }

  decision(): Decision<GovernanceState> {
    return { state: this.state, effects: this.effects, audit: this.audit };
  }
}

import type { AuditNote, Decision, Effect, PlannedEffect } from './effect.ts';

/** What every aggregate counts: by series, the number of the last effect. */
export interface Counted {
  readonly counters: Readonly<Record<string, number>>;
}

/** Collects what one decision changes: the handlers read and write it, `decision` ends it. */
export abstract class Draft<State extends Counted> {
  state: State;
  /** Ms since the epoch. */
  readonly now: number;
  private readonly effects: PlannedEffect[] = [];
  private readonly audit: AuditNote[] = [];

  constructor(state: State, now: number) {
    this.state = state;
    this.now = now;
  }

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
  }

  /** @param notBefore ms since the epoch. */
  emit(id: string, effect: Effect, notBefore?: number): void {
    this.effects.push(notBefore === undefined ? { id, effect } : { id, effect, notBefore });
  }

  /** Next number of a series of effect ids. */
  next(series: string): number {
    const n = (this.state.counters[series] ?? 0) + 1;
    this.state = { ...this.state, counters: { ...this.state.counters, [series]: n } };
    return n;
  }

  /** The effects planned so far. */
  planned(): readonly PlannedEffect[] {
    return this.effects;
  }

  decision(): Decision<State> {
    return { state: this.state, effects: this.effects, audit: this.audit };
  }

  protected record(note: AuditNote): void {
    this.audit.push(note);
  }
}

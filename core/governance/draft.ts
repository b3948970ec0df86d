import { Draft } from '../flow/draft.ts';
import type { AuditNote } from '../flow/effect.ts';
import type { GovernanceState } from './state.ts';

export interface GovernanceContext {
  /** Ms since the epoch. */
  readonly now: number;
  readonly repository: string;
}

export class GovernanceDraft extends Draft<GovernanceState> {
  constructor(state: GovernanceState, { now }: GovernanceContext) {
    super(state, now);
  }

  note(
    action: string,
    actor: string,
    reason: string,
    data: AuditNote['data'],
    reasonCode: string | null = null,
  ): void {
    this.record({ action, actor, reason: reason.toWellFormed().slice(0, 500), reasonCode, data });
  }
}

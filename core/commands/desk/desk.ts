import type { AuditNote, Effect } from '../../flow/effect.ts';
import type { PromotionAssessment } from '../../ports/policy-engine.ts';
import type { Command, Place } from '../command.ts';
import type { Obstacle } from '../obstacle.ts';
import type { Permission } from '../permission.ts';
import type { Demand, DeskState, PendingCommand } from './state.ts';

/**
 * Where commands are taken, in a release or in a pull request: the same rules in both, so that permission, reply,
 * approval and record are decided in one place. What a command means there is told by the aggregate behind it.
 */
export interface Desk {
  readonly place: Place;
  /** ms since the epoch. */
  readonly now: number;
  /** The commit that commands are about. */
  readonly sha: string;
  /** Who brought that commit here; approves nothing of it. Empty when not known. */
  readonly author: string;
  readonly state: DeskState;
  set(change: Partial<DeskState>): void;
  emit(id: string, effect: Effect, notBefore?: number): void;
  /** Next number of a series. */
  next(series: string): number;
  note(action: string, actor: string, reason: string, code?: string | null, data?: AuditNote['data']): void;

  /** The effect that reads who may do what at this moment; `demand` when the command waits already. */
  assessment(pending: PendingCommand, demand: Demand | null): Effect;
  /** The answer to a question. Markdown. */
  answer(command: Command): string;
  /** Whether a question is answered only after the world was looked at. */
  mustLook(command: Command): boolean;
  /** What the aggregate itself has against the command, all of it. */
  obstacles(pending: PendingCommand, assessment: PromotionAssessment): readonly Obstacle[];
  /** Carries the command out; what follows from it, for the reply. Markdown. */
  run(pending: PendingCommand, assessment: PromotionAssessment, demand: Demand | null): string;
  /** What `run` would lead to; nothing is done. Markdown. */
  rehearse(pending: PendingCommand, assessment: PromotionAssessment): string;
  /** The answer to a question, with everything that stands against the next step. Markdown. */
  explain(pending: PendingCommand, reasons: readonly Obstacle[], assessment: PromotionAssessment): string;
  /** The permission of a command here, for replies that say whom to ask. */
  permission(command: Command['name']): Permission;
  /** Keeps a row of the approvals matrix. */
  record(decided: Decided): void;
  /** A command of nobody, from the aggregate itself, was refused. */
  refusedItself(): void;
}

/** What was decided about a command, and who took part. */
export interface Decided {
  readonly pending: PendingCommand;
  readonly assessment: PromotionAssessment;
  readonly decision: 'allowed' | 'denied' | 'waiting';
  readonly reasons: readonly Obstacle[];
  readonly demand: Demand | null;
}

/** Key of the command that the aggregate gives itself (`advance: auto`). */
export const ownKey = 'auto';

import { commandNames } from '../../core/commands/names.ts';
import type { PromotionInput } from '../../core/ports/policy-engine.ts';

export interface DenialReason {
  readonly code: string;
  readonly message: string;
}

/** One rule of the promotion policy: every reason that it has against the request; none: it does not object. */
export interface PromotionRule {
  readonly name: string;
  readonly actions: readonly PromotionInput['action'][];
  deny(input: PromotionInput): readonly DenialReason[];
}

/** Reversing and stopping are always allowed to those who may: never held up by a gate or a freeze. */
export const promotions = ['promote', 'auto-advance'] as const;
export const questions = ['plan', 'status', 'why', 'whocan', 'help'] as const;
export const changes = commandNames.filter((name) => !questions.some((question) => question === name));
export const everything = [...commandNames, 'auto-advance'] as const;

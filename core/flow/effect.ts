import type { CommandEffect } from '../commands/effect.ts';
import type { TalkEffect } from '../comms/effect.ts';
import type { EvidenceEffect } from '../evidence/effect.ts';
import type { FlagEffect } from '../flags/model.ts';
import type { CheckEffect } from '../gate/effect.ts';
import type { GovernanceEffect } from '../governance/effect.ts';
import type { KpiEffect } from '../kpi/effect.ts';
import type { PreviewEffect } from '../preview/effect.ts';
import type { ReleaseEffect } from '../release/effect.ts';

/**
 * Everything the Conductor does to the world, as data, each part beside the domain that plans it. Closed:
 * `app/effects/` has one performer for each kind. The idempotency key is not here: it is `effectKey(aggregate, id)`,
 * and the performer looks for it on GitHub before it creates anything. Every outcome comes back as `effect.settled`,
 * unless the comment on a kind names another event.
 */
export type Effect =
  | CheckEffect
  | TalkEffect
  | ReleaseEffect
  | CommandEffect
  | EvidenceEffect
  | KpiEffect
  | FlagEffect
  | GovernanceEffect
  | PreviewEffect
  /** Answers with `timer.fired`. */
  | { readonly kind: 'startTimer'; readonly timer: string };

export type EffectKind = Effect['kind'];

/**
 * An effect as decided. `id` is unique within its aggregate for ever and the same on every replay of the same
 * decision (`deploy/2`, `check/slo-gates/completed/<result sha>` …): it is what makes an effect happen once.
 */
export interface PlannedEffect {
  readonly id: string;
  readonly effect: Effect;
  /** Not before this time, ms since the epoch. Absent: now. */
  readonly notBefore?: number;
}

/** One line for the audit log; the store adds sequence, time and hashes. Never holds user text unescaped or a secret. */
export interface AuditNote {
  readonly action: string;
  readonly actor: string;
  readonly reason: string;
  readonly reasonCode: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What `decide` returns. The three parts are committed in one transaction. */
export interface Decision<State> {
  readonly state: State;
  readonly effects: readonly PlannedEffect[];
  readonly audit: readonly AuditNote[];
}

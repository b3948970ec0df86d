import { decideChange } from '../core/change/decide.ts';
import type { ChangeState } from '../core/change/state.ts';
import type { ChangeEvent, EffectSettled, ReleaseEvent } from '../core/flow/event.ts';
import { decideGovernance } from '../core/governance/decide.ts';
import type { GovernanceEvent } from '../core/governance/event.ts';
import type { GovernanceState } from '../core/governance/state.ts';
import { decideLedger, type LedgerEvent, type LedgerState } from '../core/preview/daily/decide.ts';
import { decidePreview } from '../core/preview/decide.ts';
import type { PreviewEvent } from '../core/preview/event.ts';
import { isOver, type PreviewState } from '../core/preview/state.ts';
import { decideRelease } from '../core/release/decide.ts';
import { hasEnded } from '../core/release/phase.ts';
import type { ReleaseState } from '../core/release/state.ts';
import type { Decider } from './flow/decide.ts';

/** The pure heart, found by the kind of the aggregate. The store gives back what the same function wrote. */
export const coreDecider: Decider = {
  decide: ({ kind, repository }, state, event, { now, neighbours, previews }) => {
    switch (kind) {
      case 'change':
        return decideChange(state as ChangeState | null, event as ChangeEvent | EffectSettled, {
          now,
          repository,
        });
      case 'governance':
        return decideGovernance(state as GovernanceState | null, event as GovernanceEvent | EffectSettled, {
          now,
          repository,
        });
      case 'ledger':
        return decideLedger(state as LedgerState | null, event as LedgerEvent | EffectSettled);
      case 'preview':
        return decidePreview(state as PreviewState | null, event as PreviewEvent | EffectSettled, {
          now,
          repository,
          others: previews,
        });
      case 'release':
        return decideRelease(state as ReleaseState | null, event as ReleaseEvent | EffectSettled, {
          now,
          repository,
          neighbours,
        });
    }
  },

  isClosed: ({ kind }, state) => {
    switch (kind) {
      case 'change':
        return !(state as ChangeState).open;
      case 'governance':
      case 'ledger':
        return false;
      case 'preview':
        return isOver(state as PreviewState);
      case 'release':
        return hasEnded((state as ReleaseState).phase);
    }
  },
};

import type { Change } from './compare.ts';
import type { Observation } from './event.ts';
import { remainderOf } from './plan.ts';
import type { GovernanceState } from './state.ts';

type Read = Extract<Observation, { kind: 'read' }>;

/** What follows from a look at the repository. */
export type Verdict =
  | { readonly kind: 'in-order' }
  /** Everything that can be written is as wanted; what is left only people can change. */
  | { readonly kind: 'people'; readonly code: string; readonly why: string }
  | {
      readonly kind: 'apply';
      readonly why: 'merge' | 'repair';
      readonly hash: string;
      readonly changes: readonly Change[];
    }
  | { readonly kind: 'tell'; readonly code: string; readonly why: string };

const hour = 3_600_000;
/** Repairs in an hour. Whoever changes the rules more often than that is told, not fought. */
const mostRepairs = 3;

/**
 * Writes only what a pull request showed (the rest of that very plan), or what puts drift right where the config says
 * so. Everything else is told.
 */
export function verdictOn(state: GovernanceState, { plan, configSha256, mode }: Read, now: number): Verdict {
  if (plan.changes.length === 0) {
    if ((plan.weaker ?? []).length > 0) {
      const why = 'The config is weaker than its organisation allows; what the organisation says holds.';
      return { kind: 'people', code: 'WEAKER_THAN_ORGANISATION', why };
    }
    if (plan.unowned.length === 0) return { kind: 'in-order' };
    return {
      kind: 'people',
      code: 'UNOWNED_PATHS',
      why: 'Files that decide about releases have no code owner.',
    };
  }
  if (plan.refused !== null) return tell(plan.refused.code, `Nothing was written: ${plan.refused.message}.`);

  const shown = state.shown.filter((one) => one.configSha256 === configSha256);
  for (const one of shown.toReversed()) {
    const changes = remainderOf(one.plan, plan);
    if (changes !== null) return { kind: 'apply', why: 'merge', hash: one.plan.hash, changes };
  }
  const last = shown.at(-1);
  if (last !== undefined) {
    const since = `The repository has changed since #${last.pullRequest} showed the plan.`;
    return tell('PLAN_CHANGED', `${since} Nothing was written: ${showAgain}`);
  }
  if (configSha256 !== state.accepted) {
    return tell(
      'NOT_SHOWN',
      `No pull request has shown what this very config means: it was pushed, or two pull requests that each knew nothing of the other were merged. Nothing was written: ${showAgain}`,
    );
  }
  if (mode === 'report') {
    return tell('DRIFT', 'Somebody changed the rules. Nothing was put right: `governance.mode` is `report`.');
  }
  if (recentRepairs(state, now).length >= mostRepairs) {
    return tell(
      'REPAIRED_TOO_OFTEN',
      `The rules were put right ${mostRepairs} times within an hour and changed again.`,
    );
  }
  return { kind: 'apply', why: 'repair', hash: plan.hash, changes: plan.changes };
}

/** When drift was put right within the last hour. */
export function recentRepairs({ repairs }: GovernanceState, now: number): readonly number[] {
  return repairs.filter((at) => now - at < hour);
}

const showAgain = 'change the config in a pull request to see the plan.';

function tell(code: string, why: string): Verdict {
  return { kind: 'tell', code, why };
}

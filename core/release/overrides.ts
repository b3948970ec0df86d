import type { PolicyException } from '../commands/effect.ts';
import { cellText } from '../gate/markdown.ts';
import { checkNameOf, type GateName } from '../gate/names.ts';
import type { Override } from './hindrance.ts';
import type { ReleaseState } from './state.ts';

/** Objections of the policy that an override passes over. */
const covered = ['GATE_FAILED', 'GATE_STALE', 'GATE_MISSING'] as const;

/** Overrides that hold at `now`, ms since the epoch. They end by this clock, whether or not a timer has fired. */
export function activeOverrides({ overrides }: ReleaseState, now: number): readonly Override[] {
  return overrides.filter(({ at, until }) => at <= now && now < until);
}

export function isOverridden(state: ReleaseState, gate: GateName, now: number): boolean {
  return activeOverrides(state, now).some((override) => override.gate === gate);
}

/** The overrides in the policy's words. */
export function exceptionsOf(state: ReleaseState, now: number): readonly PolicyException[] {
  return activeOverrides(state, now).flatMap(({ n, gate, reason, by, approvedBy, at, until }) =>
    covered.map((code) => ({
      id: `override/${n}`,
      code,
      gate,
      reason,
      release: state.tag,
      sha: state.sha,
      from: at,
      until,
      requested_by: by,
      approved_by: approvedBy,
      break_glass: true,
    })),
  );
}

/** Row of the status while an override lasts. */
export function overrideText(state: ReleaseState, now: number): string {
  return activeOverrides(state, now)
    .map(
      ({ gate, by, reason, until }) =>
        `\`${checkNameOf[gate]}\` by ${cellText(by)} until ${new Date(until).toISOString()}: ${cellText(reason)}`,
    )
    .join('; ');
}

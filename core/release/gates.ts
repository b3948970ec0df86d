import type { GateName } from '../gate/names.ts';
import { countingVerdict } from '../gate/record.ts';
import { isPassing } from '../gate/result.ts';
import { isOverridden } from './overrides.ts';
import type { ReleaseState } from './state.ts';

/** Required gates that hold the release up at `now`, ms since the epoch: no pass or warn for the commit, no override. */
export function gatesNotPassed(state: ReleaseState, now: number): readonly GateName[] {
  const required = state.plan?.config.required_gates ?? [];
  return required.filter((gate) => {
    const verdict = countingVerdict(state.gates[gate]);
    return (verdict === null || !isPassing(verdict)) && !isOverridden(state, gate, now);
  });
}

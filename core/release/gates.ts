import type { GateName } from '../gate/names.ts';
import { countingVerdict } from '../gate/record.ts';
import { isPassing } from '../gate/result.ts';
import type { ReleaseState } from './state.ts';

/** Required gates without a pass or warn for the tagged commit. */
export function gatesNotPassed(state: ReleaseState): readonly GateName[] {
  const required = state.plan?.config.required_gates ?? [];
  return required.filter((gate) => {
    const verdict = countingVerdict(state.gates[gate]);
    return verdict === null || !isPassing(verdict);
  });
}

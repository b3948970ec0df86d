import { ConductorError } from '../errors.ts';
import { isPassing, type Verdict } from './result.ts';

/**
 * 0 lets the change through, 1 does not. A gate that skipped judged nothing and has not passed: whoever runs it asked
 * for a judgement, and a job that is not wanted is left out of the workflow instead.
 */
export function exitStatusOfVerdict(verdict: Verdict): 0 | 1 {
  return isPassing(verdict) ? 0 : 1;
}

/** Exit status for whatever was thrown: the error's own family, 70 for a defect of ours. */
export function exitStatusOfError(error: unknown): number {
  return error instanceof ConductorError ? error.exitStatus : 70;
}

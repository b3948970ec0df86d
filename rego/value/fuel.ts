import { RegoError } from '../errors.ts';

/**
 * How many nodes and characters of values the evaluation that runs may still go through. A value can be small in
 * memory and endless when it is written out or compared: `[x, x]`, where `x` is `[y, y]`, and so on. Evaluation
 * is synchronous, so one counter serves; outside of evaluations nothing is counted.
 */
let left = Number.POSITIVE_INFINITY;

/** Runs an evaluation that may go through so much. */
export function metered<T>(most: number, evaluate: () => T): T {
  const earlier = left;
  left = most;
  try {
    return evaluate();
  } finally {
    left = earlier;
  }
}

/** Counts before, or while, a value is gone through. Throws `eval_limit_error`. */
export function spend(amount: number): void {
  left -= amount;
  if (left < 0)
    throw new RegoError(
      'eval_limit_error',
      'evaluation used up its allocations: a value is too large written out',
    );
}

/** What is left, to measure what a part of the work has used. */
export const remaining = (): number => left;

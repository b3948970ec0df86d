import { RegoError } from '../errors.ts';
import type { EvaluateOptions } from '../options.ts';
import { metered } from '../value/fuel.ts';
import { fromJson } from '../value/json.ts';
import type { Value } from '../value/types.ts';
import { Budget, defaultLimits, type Limits } from './budget.ts';
import { Context, type Environment, Kept } from './context.ts';

/** A policy of very many rules fills its memo as it goes. */
const LARGEST_FIRST_MEMO = 256;

const monotonicClock = (): number => performance.now();

/** The documents, the clock and the budget that an evaluation starts with. Throws `RegoError` for other data than JSON. */
export function startContext(options: EvaluateOptions, data: Value, memoSize: number): Context {
  // Reading properties without asking whose they are is safe only while objects inherit nothing but functions.
  for (const name in {}) {
    throw new RegoError('eval_internal_error', `Object.prototype was given a property: ${name}`);
  }
  const environment: Environment = {
    budget: new Budget(options.limits, options.clock ?? monotonicClock),
    nowNs: nanoseconds(options.now),
    strictBuiltinErrors: options.strictBuiltinErrors ?? false,
    random: options.random ?? Math.random,
    print: options.print,
    tracer: options.tracer,
    kept: new Kept(),
    memoSize: Math.min(memoSize, LARGEST_FIRST_MEMO),
    runtime: options.runtime === undefined ? {} : documentOf(options.runtime, 'runtime'),
  };
  const input = options.input === undefined ? undefined : documentOf(options.input, 'input');
  return new Context(
    environment,
    input,
    options.data === undefined ? data : documentOf(options.data, 'data'),
  );
}

/** Asked once for each evaluation, and only by policies that ask for the time. */
function nanoseconds(now: number | bigint | undefined): () => bigint {
  let known = typeof now === 'bigint' ? now : undefined;
  return () => {
    known ??= BigInt(Math.round(Number(now ?? Date.now()))) * 1_000_000n;
    return known;
  };
}

/** A caller's document as a value. */
export function documentOf(document: unknown, name: string): Value {
  try {
    return fromJson(document);
  } catch (error) {
    throw new RegoError('eval_type_error', `${name}: ${(error as Error).message}`);
  }
}

/** Counts what values are gone through, and turns what the engine has no room for into the error of a limit. */
export function guarded<T>(limits: Limits | undefined, evaluate: () => T): T {
  try {
    return metered(limits?.allocations ?? defaultLimits.allocations, evaluate);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    if (/call stack/i.test(error.message))
      throw new RegoError('eval_limit_error', 'evaluation nests too deeply for the stack');
    if (/(?:string|array) length/i.test(error.message))
      throw new RegoError('eval_limit_error', 'evaluation made a text or an array that is too long');
    throw error;
  }
}

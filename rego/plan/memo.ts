import { type Context, NOTHING } from '../eval/context.ts';
import type { Value } from '../value/types.ts';

/** Evaluates once per context. */
export function memoised(
  id: number,
  evaluate: (c: Context) => Value | undefined,
): (c: Context) => Value | undefined {
  return (c) => {
    const known = c.memo[id];
    if (known !== undefined) return known === NOTHING ? undefined : known;
    const value = evaluate(c);
    c.memo[id] = value === undefined ? NOTHING : value;
    return value;
  };
}

/** A value that depends on nothing that a caller or `with` can change: known after the first evaluation. */
export interface ConstantDocument {
  known: Value | undefined;
}

/** Evaluates once for all. Undefined is not kept: it costs little to find again. */
export function constantDocument(
  holder: ConstantDocument,
  evaluate: (c: Context) => Value | undefined,
): (c: Context) => Value | undefined {
  return (c) => {
    if (!c.isPlain) return evaluate(c);
    if (holder.known === undefined) holder.known = evaluate(c);
    return holder.known;
  };
}

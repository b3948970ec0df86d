import type { Term } from '../compile/ir.ts';
import { equal } from '../value/compare.ts';
import { usesOf } from './uses.ts';

/** One step of a unification, in the order in which it can be carried out. */
export type UnifyStep =
  | { readonly kind: 'compare'; readonly left: Term; readonly right: Term }
  | { readonly kind: 'match'; readonly pattern: Term; readonly source: Term }
  | { readonly kind: 'never' };

/**
 * Breaks `left = right` into steps that are possible with the variables in `bound`, and adds to `bound` what the
 * steps bind. Undefined when some variable on both sides stays free.
 */
export function solve(left: Term, right: Term, bound: Set<number>): UnifyStep[] | undefined {
  const steps: UnifyStep[] = [];
  let pairs: (readonly [Term, Term])[] = [[left, right]];
  while (pairs.length > 0) {
    const waiting: (readonly [Term, Term])[] = [];
    let progress = false;
    for (const [a, b] of pairs) {
      const parts = decompose(a, b);
      if (parts === 'never') {
        // Nothing after this step is reached, so its variables count as bound.
        bindPattern(left, bound);
        bindPattern(right, bound);
        return [{ kind: 'never' }];
      }
      if (parts !== undefined) {
        waiting.push(...parts);
        progress = true;
        continue;
      }
      const step = orient(a, b, bound);
      if (step === undefined) {
        waiting.push([a, b]);
      } else {
        steps.push(step);
        progress = true;
      }
    }
    if (!progress) return undefined;
    pairs = waiting;
  }
  return steps;
}

function orient(a: Term, b: Term, bound: Set<number>): UnifyStep | undefined {
  const left = isReady(a, bound);
  const right = isReady(b, bound);
  if (left && right) {
    bindOuts(a, bound);
    bindOuts(b, bound);
    return { kind: 'compare', left: a, right: b };
  }
  if (right && isPattern(a, bound)) return match(a, b, bound);
  if (left && isPattern(b, bound)) return match(b, a, bound);
  return undefined;
}

function match(pattern: Term, source: Term, bound: Set<number>): UnifyStep {
  bindOuts(source, bound);
  bindPattern(pattern, bound);
  return { kind: 'match', pattern, source };
}

export function isReady(term: Term, bound: ReadonlySet<number>): boolean {
  for (const id of usesOf(term).needs) if (!bound.has(id)) return false;
  return true;
}

/** True when the term can be matched against a value: its free variables stand where the value has parts. */
export function isPattern(term: Term, bound: ReadonlySet<number>): boolean {
  switch (term.kind) {
    case 'local':
      return true;
    case 'array':
      return term.items.every((item) => isPattern(item, bound));
    case 'object':
      return term.entries.every(([key, value]) => isReady(key, bound) && isPattern(value, bound));
    default:
      return isReady(term, bound);
  }
}

function bindOuts(term: Term, bound: Set<number>): void {
  for (const id of usesOf(term).outs) bound.add(id);
}

/** Adds what matching the pattern binds. */
export function bindPattern(term: Term, bound: Set<number>): void {
  switch (term.kind) {
    case 'local':
      bound.add(term.id);
      return;
    case 'array':
      for (const item of term.items) bindPattern(item, bound);
      return;
    case 'object':
      for (const [, value] of term.entries) bindPattern(value, bound);
      return;
    default:
      bindOuts(term, bound);
  }
}

/** Two literals of the same shape unify part by part. */
function decompose(a: Term, b: Term): (readonly [Term, Term])[] | 'never' | undefined {
  if (a.kind === 'array' && b.kind === 'array') {
    if (a.items.length !== b.items.length) return 'never';
    return a.items.map((item, i) => [item, b.items[i] as Term] as const);
  }
  if (a.kind !== 'object' || b.kind !== 'object') return undefined;
  const constant = [...a.entries, ...b.entries].every(([key]) => key.kind === 'const');
  if (!constant) return undefined;
  if (a.entries.length !== b.entries.length) return 'never';
  const pairs: (readonly [Term, Term])[] = [];
  for (const [key, value] of a.entries) {
    const other = b.entries.find(
      ([candidate]) =>
        key.kind === 'const' && candidate.kind === 'const' && equal(candidate.value, key.value),
    );
    if (other === undefined) return 'never';
    pairs.push([value, other[1]]);
  }
  return pairs;
}

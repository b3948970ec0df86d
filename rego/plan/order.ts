import type { CallTerm, Literal, Term } from '../compile/ir.ts';
import { RegoError } from '../errors.ts';
import { bindPattern, isPattern, isReady, solve } from './unify.ts';
import { usesOf, usesOfLiteral, withTerms } from './uses.ts';

/** The number of operands of a function; a call may have one more term, which its result is unified with. */
export type Arity = (call: CallTerm) => number;

/**
 * Orders the literals of a body so that every variable has a value before it is needed, staying as close to
 * the written order as that allows. `bound` receives what the body binds. Throws `rego_unsafe_var_error` when
 * no order exists.
 */
export function orderBody(body: readonly Literal[], bound: Set<number>, arity: Arity): readonly Literal[] {
  const shared = sharedVariables(body, bound);
  const ordered: Literal[] = [];
  const waiting = new Set(body);
  while (waiting.size > 0) {
    const before = waiting.size;
    for (const literal of waiting) {
      if (!tryLiteral(literal, bound, shared, arity)) continue;
      ordered.push(literal);
      waiting.delete(literal);
    }
    if (waiting.size === before) throw unsafe([...waiting], bound, shared);
  }
  return ordered;
}

/** Variables that stand outside nested bodies: a nested body waits until they have a value. */
function sharedVariables(body: readonly Literal[], bound: ReadonlySet<number>): ReadonlySet<number> {
  const shared = new Set(bound);
  for (const literal of body) {
    const { needs, outs } = usesOfLiteral(literal);
    for (const id of needs) shared.add(id);
    for (const id of outs) shared.add(id);
  }
  return shared;
}

/** Adds to `bound` what the literal binds, when everything it needs is there. */
function tryLiteral(
  literal: Literal,
  bound: Set<number>,
  shared: ReadonlySet<number>,
  arity: Arity,
): boolean {
  for (const id of usesOfLiteral(literal).closed) if (shared.has(id) && !bound.has(id)) return false;
  const after = new Set(bound);
  for (const modifier of literal.withs) {
    for (const term of withTerms(modifier)) {
      if (!isReady(term, after)) return false;
      for (const id of usesOf(term).outs) after.add(id);
    }
  }
  if (!bindLiteral(literal, after, arity)) return false;
  for (const id of after) bound.add(id);
  return true;
}

function bindLiteral(literal: Literal, bound: Set<number>, arity: Arity): boolean {
  switch (literal.kind) {
    case 'unify':
      return solve(literal.left, literal.right, bound) !== undefined;
    case 'term':
      return bindTerm(literal.term, bound, arity);
    case 'every':
      return bindTerm(literal.collection, bound, arity);
    case 'not':
      for (const id of usesOfLiteral(literal).needs) if (!bound.has(id)) return false;
      return true;
  }
}

function bindTerm(term: Term, bound: Set<number>, arity: Arity): boolean {
  const captured = capturedResult(term, arity);
  if (term.kind !== 'call' || captured === undefined) {
    if (!isReady(term, bound)) return false;
    for (const id of usesOf(term).outs) bound.add(id);
    return true;
  }
  for (const arg of term.args.slice(0, -1)) {
    if (!isReady(arg, bound)) return false;
    for (const id of usesOf(arg).outs) bound.add(id);
  }
  if (!isPattern(captured, bound)) return false;
  bindPattern(captured, bound);
  return true;
}

/** The extra term of a call like `count(xs, n)`, which is unified with the result. */
export function capturedResult(term: Term, arity: Arity): Term | undefined {
  return term.kind === 'call' && term.args.length === arity(term) + 1 ? term.args.at(-1) : undefined;
}

function unsafe(waiting: readonly Literal[], bound: ReadonlySet<number>, shared: ReadonlySet<number>): Error {
  for (const literal of waiting) {
    const name = nameOf(literal, missingIn(literal, bound, shared));
    if (name === undefined) continue;
    const detail = name.startsWith('$') ? 'expression is unsafe' : `var ${name} is unsafe`;
    return new RegoError('rego_unsafe_var_error', detail, literal.location);
  }
  return new RegoError('rego_unsafe_var_error', 'expression is unsafe', waiting[0]?.location);
}

/** Variables that keep a literal waiting; not the one it would bind itself, when another is missing. */
function missingIn(
  literal: Literal,
  bound: ReadonlySet<number>,
  shared: ReadonlySet<number>,
): ReadonlySet<number> {
  const { needs, closed } = usesOfLiteral(literal);
  const missing = new Set(
    [...needs, ...[...closed].filter((id) => shared.has(id))].filter((id) => !bound.has(id)),
  );
  for (const side of literal.kind === 'unify' ? [literal.left, literal.right] : []) {
    if (side.kind === 'local' && missing.size > 1) missing.delete(side.id);
  }
  return missing;
}

/** The name of one of the variables, as the policy writes it. */
function nameOf(literal: Literal, ids: ReadonlySet<number>): string | undefined {
  let found: string | undefined;
  visit(literal, (id, name) => {
    if (ids.has(id) && (found === undefined || found.startsWith('$'))) found = name;
  });
  return found;
}

/** Calls back for every variable, nested bodies included. */
export function visit(node: unknown, variable: (id: number, name: string) => void): void {
  if (Array.isArray(node)) {
    for (const item of node) visit(item, variable);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const term = node as { kind?: string; id?: number; name?: string };
  if (term.kind === 'const') return;
  if (term.kind === 'local' && term.id !== undefined && term.name !== undefined) {
    variable(term.id, term.name);
    return;
  }
  for (const [key, value] of Object.entries(node))
    if (key !== 'location' && key !== 'module') visit(value, variable);
}

import type { Callee, Literal, Term, With } from '../compile/ir.ts';

/** How a term or a literal uses variables. */
export interface Uses {
  /** Must have a value before. */
  readonly needs: ReadonlySet<number>;
  /** Get a value by enumeration: variables that stand as keys of a reference. */
  readonly outs: ReadonlySet<number>;
  /** Occur inside comprehensions and other nested bodies. */
  readonly closed: ReadonlySet<number>;
}

class Collector {
  /** Read where the term stands: bound in time when the same term enumerates them. */
  private readonly read = new Set<number>();
  /** Read before anything is enumerated. */
  private readonly first = new Set<number>();
  readonly outs = new Set<number>();
  readonly closed = new Set<number>();

  get needs(): Set<number> {
    return new Set([...this.first, ...[...this.read].filter((id) => !this.outs.has(id))]);
  }

  need(id: number): void {
    this.read.add(id);
  }

  needFirst(id: number): void {
    this.first.add(id);
  }
}

const known = new WeakMap<object, Uses>();

/** How a term uses variables when its value is asked for. */
export function usesOf(term: Term): Uses {
  let uses = known.get(term);
  if (uses === undefined) {
    const collector = new Collector();
    collect(term, collector);
    uses = { needs: collector.needs, outs: collector.outs, closed: collector.closed };
    known.set(term, uses);
  }
  return uses;
}

function collect(term: Term, into: Collector): void {
  switch (term.kind) {
    case 'const':
      return;
    case 'local':
      into.need(term.id);
      return;
    case 'ref':
      if (typeof term.root !== 'string') collectRoot(term.root, into);
      for (const arg of term.args) collectKey(arg, into);
      return;
    case 'call':
      for (const arg of term.args) collect(arg, into);
      return;
    case 'array':
    case 'set':
      for (const item of term.items) collect(item, into);
      return;
    case 'object':
      for (const [key, value] of term.entries) {
        collect(key, into);
        collect(value, into);
      }
      return;
    case 'arrayComprehension':
    case 'setComprehension':
    case 'objectComprehension':
      if (term.key !== undefined) everyVariable(term.key, into.closed);
      everyVariable(term.head, into.closed);
      for (const literal of term.body) everyVariableOf(literal, into.closed);
      return;
    case 'template':
      for (const part of term.parts) {
        if (typeof part === 'string') continue;
        for (const literal of part.body) everyVariableOf(literal, into.closed);
      }
      return;
  }
}

function collectRoot(root: Term, into: Collector): void {
  if (root.kind === 'local') into.needFirst(root.id);
  else collect(root, into);
}

/** A key of a reference: a free variable in it is bound by enumeration, also inside an array or object. */
function collectKey(term: Term, into: Collector): void {
  if (term.kind === 'local') into.outs.add(term.id);
  else if (term.kind === 'array') for (const item of term.items) collectKey(item, into);
  else if (term.kind === 'object') {
    for (const [key, value] of term.entries) {
      collect(key, into);
      collectKey(value, into);
    }
  } else collect(term, into);
}

/** All variables of a term, however they stand in it. */
export function everyVariable(term: Term, into: Set<number>): void {
  const { needs, outs, closed } = usesOf(term);
  for (const id of needs) into.add(id);
  for (const id of outs) into.add(id);
  for (const id of closed) into.add(id);
}

function everyVariableOf(literal: Literal, into: Set<number>): void {
  const uses = usesOfLiteral(literal);
  for (const id of uses.needs) into.add(id);
  for (const id of uses.outs) into.add(id);
  for (const id of uses.closed) into.add(id);
}

const knownLiterals = new WeakMap<Literal, Uses>();

/** How a literal uses variables; the sides of a unification count as needed. */
export function usesOfLiteral(literal: Literal): Uses {
  let uses = knownLiterals.get(literal);
  if (uses === undefined) {
    uses = computeUses(literal);
    knownLiterals.set(literal, uses);
  }
  return uses;
}

function computeUses(literal: Literal): Uses {
  const into = new Collector();
  for (const modifier of literal.withs) for (const term of withTerms(modifier)) collect(term, into);
  switch (literal.kind) {
    case 'term':
      collect(literal.term, into);
      break;
    case 'unify':
      collect(literal.left, into);
      collect(literal.right, into);
      break;
    case 'every':
      collect(literal.collection, into);
      for (const inner of literal.body) everyVariableOf(inner, into.closed);
      into.closed.delete(literal.key.id);
      into.closed.delete(literal.value.id);
      break;
    case 'not':
      for (const inner of literal.body) {
        if (literal.isClosed) {
          everyVariableOf(inner, into.closed);
          continue;
        }
        const uses = usesOfLiteral(inner);
        for (const id of uses.needs) into.needFirst(id);
        for (const id of uses.outs) into.needFirst(id);
        for (const id of uses.closed) into.closed.add(id);
      }
  }
  return { needs: into.needs, outs: into.outs, closed: into.closed };
}

export function withTerms(modifier: With): readonly Term[] {
  if (modifier.kind === 'document') return [modifier.value];
  return isTerm(modifier.replacement) ? [modifier.replacement] : [];
}

function isTerm(replacement: Callee | Term): replacement is Term {
  return replacement.kind !== 'builtin' && replacement.kind !== 'rule';
}

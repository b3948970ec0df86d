import type { Literal, LocalTerm, Term } from './ir.ts';

type Base = Pick<Literal, 'location' | 'withs' | 'written'>;

/**
 * OPA evaluates the operands of a negated call before the negation: `not f(input.x)` is undefined, not true,
 * when `input.x` is (open-policy-agent/opa#1877, #8387). Policies must mean the same here and there, so the
 * operands leave the negation. `import future.keywords.not` asks for the other meaning.
 */
export function hoistFromNegation(body: readonly Literal[], base: Base, fresh: () => LocalTerm): Literal[] {
  const before: Literal[] = [];
  const bind = (term: Term): Term => {
    const local = fresh();
    before.push({ ...base, written: false, kind: 'unify', left: local, right: term });
    return local;
  };
  const negated = body.map((literal): Literal => {
    if (literal.kind === 'term') return { ...literal, term: outermost(literal.term, bind) };
    if (literal.kind === 'unify') {
      return { ...literal, left: side(literal.left, bind), right: side(literal.right, bind) };
    }
    return literal;
  });
  return [...before, { ...base, kind: 'not', isClosed: false, body: negated }];
}

/** The negated expression itself stays; what it is computed from goes. */
function outermost(term: Term, bind: (term: Term) => Term): Term {
  if (term.kind !== 'call') return side(term, bind);
  const keep = term.callee.kind === 'builtin' && term.callee.name === 'equal' ? side : operand;
  return { ...term, args: term.args.map((arg) => keep(arg, bind)) };
}

/** A side of an equality: a reference stays, because equality with undefined is what is negated. */
function side(term: Term, bind: (term: Term) => Term): Term {
  if (term.kind !== 'ref') return operand(term, bind);
  const root = typeof term.root === 'string' ? term.root : operand(term.root, bind);
  return { ...term, root, args: term.args.map((arg) => operand(arg, bind)) };
}

function operand(term: Term, bind: (term: Term) => Term): Term {
  switch (term.kind) {
    case 'const':
    case 'local':
    case 'arrayComprehension':
    case 'setComprehension':
    case 'objectComprehension':
    case 'template':
      return term;
    case 'ref':
    case 'call':
      return bind(term);
    case 'array':
    case 'set':
      return { ...term, items: term.items.map((item) => operand(item, bind)) };
    case 'object':
      return {
        ...term,
        entries: term.entries.map(([k, v]) => [operand(k, bind), operand(v, bind)] as const),
      };
  }
}

import type { Location } from '../errors.ts';
import type { CallTerm, RefTerm, Term } from './ast.ts';

export function isReferable(term: Term): boolean {
  return term.kind !== 'scalar' && term.kind !== 'template';
}

export function isCallable(term: Term): boolean {
  return (
    term.kind === 'var' ||
    (term.kind === 'ref' &&
      term.head.kind === 'var' &&
      term.args.every((arg) => arg.kind === 'scalar' && typeof arg.value === 'string'))
  );
}

export function extend(term: Term, arg: Term): RefTerm {
  return term.kind === 'ref'
    ? { ...term, args: [...term.args, arg] }
    : { kind: 'ref', location: term.location, head: term, args: [arg] };
}

/** A call of a built-in that stands for an operator. */
export function builtinCall(location: Location, name: string, args: readonly Term[]): CallTerm {
  const [head = '', ...rest] = name.split('.');
  const operator: RefTerm = {
    kind: 'ref',
    location,
    head: { kind: 'var', location, name: head },
    args: rest.map((value) => ({ kind: 'scalar', location, value })),
  };
  return { kind: 'call', location, operator, args };
}

/** The dotted name of a ref that has only string constants; undefined for others. */
export function operatorText(ref: RefTerm): string | undefined {
  if (ref.head.kind !== 'var') return undefined;
  let text = ref.head.name;
  for (const arg of ref.args) {
    if (arg.kind !== 'scalar' || typeof arg.value !== 'string') return undefined;
    text += `.${arg.value}`;
  }
  return text;
}

/** The dotted name of what is called. */
export function operatorName(call: CallTerm): string | undefined {
  return operatorText(call.operator);
}

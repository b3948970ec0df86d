import type { Builtin, OperandType } from '../builtins/builtin.ts';
import { RegoError } from '../errors.ts';
import type { Node } from '../plan/tree.ts';
import { typeName } from '../value/compare.ts';
import type { TypeName } from '../value/types.ts';
import { type CallTerm, isCallee, type Literal, type Rule, type Term, type With } from './ir.ts';
import { pathText, SEPARATOR } from './names.ts';

/** What the check of calls needs to know. */
export interface Signatures {
  readonly builtins: ReadonlyMap<string, Builtin>;
  readonly root: Node;
  arity(call: CallTerm): number;
}

/** Calls with the wrong number of operands, or with one of a type that cannot be right. */
export function checkCalls(rule: Rule, signatures: Signatures): RegoError[] {
  const errors: RegoError[] = [];
  for (let branch: Rule | undefined = rule; branch !== undefined; branch = branch.otherwise) {
    checkTerms(
      [...branch.args, ...branch.rest, ...(branch.key === undefined ? [] : [branch.key]), branch.value],
      signatures,
      errors,
    );
    checkBody(branch.body, signatures, errors);
  }
  return errors;
}

export function checkBody(body: readonly Literal[], signatures: Signatures, errors: RegoError[]): void {
  for (const literal of body) {
    for (const modifier of literal.withs) checkWith(modifier, signatures, errors);
    switch (literal.kind) {
      case 'term':
        if (literal.term.kind === 'call') checkCall(literal.term, signatures, errors, true);
        else checkTerms([literal.term], signatures, errors);
        break;
      case 'unify':
        checkTerms([literal.left, literal.right], signatures, errors);
        break;
      case 'every':
        checkTerms([literal.collection], signatures, errors);
        checkBody(literal.body, signatures, errors);
        break;
      case 'not':
        checkBody(literal.body, signatures, errors);
    }
  }
}

/** A rule's value can be replaced as a whole, not in part. */
function checkWith(modifier: With, signatures: Signatures, errors: RegoError[]): void {
  if (modifier.kind === 'function') {
    if (!isCallee(modifier.replacement)) checkTerms([modifier.replacement], signatures, errors);
    return;
  }
  checkTerms([modifier.value], signatures, errors);
  if (modifier.root === 'input') return;
  let node: Node | undefined = signatures.root;
  for (const name of modifier.path) {
    if (node?.ruleset !== undefined) {
      errors.push(
        new RegoError(
          'rego_compile_error',
          'with keyword cannot partially replace virtual document(s)',
          modifier.location,
        ),
      );
      return;
    }
    node = node?.children.get(name);
  }
}

function checkTerms(terms: readonly Term[], signatures: Signatures, errors: RegoError[]): void {
  for (const term of terms) {
    switch (term.kind) {
      case 'const':
      case 'local':
        break;
      case 'ref':
        checkTerms(typeof term.root === 'string' ? term.args : [term.root, ...term.args], signatures, errors);
        break;
      case 'call':
        checkCall(term, signatures, errors, false);
        break;
      case 'array':
      case 'set':
        checkTerms(term.items, signatures, errors);
        break;
      case 'object':
        checkTerms(term.entries.flat(), signatures, errors);
        break;
      case 'template':
        for (const part of term.parts) if (typeof part !== 'string') checkBody(part.body, signatures, errors);
        break;
      default:
        checkTerms(term.key === undefined ? [term.head] : [term.key, term.head], signatures, errors);
        checkBody(term.body, signatures, errors);
    }
  }
}

function checkCall(call: CallTerm, signatures: Signatures, errors: RegoError[], isStatement: boolean): void {
  checkTerms(call.args, signatures, errors);
  const arity = signatures.arity(call);
  if (arity === Number.POSITIVE_INFINITY) return;
  const builtin = call.callee.kind === 'builtin' ? signatures.builtins.get(call.callee.name) : undefined;
  const name = builtin?.name ?? pathText(call.callee.name.split(SEPARATOR));
  const have = call.args.map((arg) => typeText(typeOf(arg, signatures)));
  const want = builtin?.operands.map(typeText) ?? Array.from({ length: arity }, () => 'any');
  const report = (what: string): void => {
    errors.push(
      new RegoError(
        'rego_type_error',
        `${name}: ${what}\n\thave: (${have.join(', ')})\n\twant: (${want.join(', ')})`,
        call.location,
      ),
    );
  };
  if (call.args.length !== arity && !(isStatement && call.args.length === arity + 1)) {
    report('arity mismatch');
    return;
  }
  const fits = (builtin?.operands ?? []).every((operand, i) =>
    accepts(operand, typeOf(call.args[i] as Term, signatures)),
  );
  if (!fits) report('invalid argument(s)');
}

/** The type of a term as far as its form shows it. */
function typeOf(term: Term, signatures: Signatures): OperandType {
  switch (term.kind) {
    case 'const':
      return typeName(term.value);
    case 'array':
    case 'arrayComprehension':
      return 'array';
    case 'set':
    case 'setComprehension':
      return 'set';
    case 'object':
    case 'objectComprehension':
      return 'object';
    case 'template':
      return 'string';
    case 'call':
      return term.callee.kind === 'builtin'
        ? (signatures.builtins.get(term.callee.name)?.result ?? 'any')
        : 'any';
    default:
      return 'any';
  }
}

const namesOf = (type: OperandType): readonly TypeName[] | undefined =>
  type === 'any' ? undefined : typeof type === 'string' ? [type] : type;

function accepts(operand: OperandType, given: OperandType): boolean {
  const wanted = namesOf(operand);
  const possible = namesOf(given);
  return wanted === undefined || possible === undefined || possible.some((name) => wanted.includes(name));
}

function typeText(type: OperandType): string {
  return typeof type === 'string' ? type : `any<${type.join(', ')}>`;
}

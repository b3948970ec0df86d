import type { ComprehensionTerm, Literal, Term } from '../compile/ir.ts';
import { conflict, type Eval } from '../eval/context.ts';
import { RegoObject, RegoSet } from '../value/collections.ts';
import { equal } from '../value/compare.ts';
import { regoText } from '../value/text.ts';
import type { Value } from '../value/types.ts';
import { planBody } from './body.ts';
import { planCall } from './calls.ts';
import { planRef } from './refs.ts';
import { type Builder, chain, constant, type Site } from './site.ts';

/**
 * Plans the value of a term. What has to be enumerated on the way (free keys of references) is appended to
 * `before`; after those steps the returned function gives the value.
 */
export function planTerm(term: Term, site: Site, before: Builder[]): Eval {
  switch (term.kind) {
    case 'const':
      return constant(term.value);
    case 'local': {
      const id = term.id;
      return (_c, r) => r[id];
    }
    case 'ref':
      return planRef(term, site, before);
    case 'call':
      return planCall(term, site, before);
    case 'array':
    case 'set':
    case 'object':
      return planComposite(term, site, before);
    case 'arrayComprehension':
    case 'setComprehension':
    case 'objectComprehension':
      return planComprehension(term, site);
    case 'template':
      return planTemplate(term.parts, site);
  }
}

/** The value of a term made of constants only. */
export function constantValue(term: Term): Value | undefined {
  switch (term.kind) {
    case 'const':
      return term.value;
    case 'array': {
      const items = term.items.map(constantValue);
      return items.includes(undefined) ? undefined : (items as Value[]);
    }
    case 'set': {
      const items = term.items.map(constantValue);
      return items.includes(undefined) ? undefined : RegoSet.of(items as Value[]);
    }
    case 'object': {
      const entries = term.entries.map(([k, v]) => [constantValue(k), constantValue(v)] as const);
      const whole = entries.every(([k, v]) => k !== undefined && v !== undefined);
      return whole ? RegoObject.of(entries as [Value, Value][]) : undefined;
    }
    default:
      return undefined;
  }
}

function planComposite(
  term: Term & { kind: 'array' | 'set' | 'object' },
  site: Site,
  before: Builder[],
): Eval {
  const whole = constantValue(term);
  if (whole !== undefined) return constant(whole);
  if (term.kind === 'object') {
    const planned = term.entries.map(
      ([key, value]) => [planTerm(key, site, before), planTerm(value, site, before)] as const,
    );
    const keys = planned.map(([key]) => key);
    const values = planned.map(([, value]) => value);
    return (c, r) => {
      const object = new RegoObject();
      for (let i = 0; i < keys.length; i += 1) {
        const key = (keys[i] as Eval)(c, r);
        const value = (values[i] as Eval)(c, r);
        if (key === undefined || value === undefined) return undefined;
        object.set(key, value);
      }
      return object;
    };
  }
  const items = term.items.map((item) => planTerm(item, site, before));
  const list: Eval = (c, r) => {
    const values = new Array<Value>(items.length);
    for (let i = 0; i < items.length; i += 1) {
      const value = (items[i] as Eval)(c, r);
      if (value === undefined) return undefined;
      values[i] = value;
    }
    return values;
  };
  if (term.kind === 'array') return list;
  return (c, r) => {
    const values = list(c, r) as readonly Value[] | undefined;
    return values === undefined ? undefined : RegoSet.of(values);
  };
}

/** Plans a body whose solutions are asked for the values of some terms. */
export function planHeads(
  body: readonly Literal[],
  heads: readonly Term[],
  site: Site,
): { before: Builder[]; evals: Eval[] } {
  const literals = [...body];
  const results = heads.map((head) => {
    const { term, literal } = afterBody(head, site);
    if (literal !== undefined) literals.push(literal);
    return term;
  });
  const before = planBody(literals, site);
  return { before, evals: results.map((term) => planTerm(term, site, before)) };
}

/** A head is computed after the body, into a register; a head variable must be bound by the body. */
function afterBody(head: Term, site: Site): { term: Term; literal: Literal | undefined } {
  if (head.kind === 'const') return { term: head, literal: undefined };
  const base = { kind: 'unify', location: head.location, withs: [], written: false, right: head } as const;
  if (head.kind === 'local') return { term: head, literal: { ...base, left: head } };
  const id = site.fresh();
  const left: Term = { kind: 'local', location: head.location, id, name: `$${id}` };
  return { term: left, literal: { ...base, left } };
}

function planComprehension(term: ComprehensionTerm, site: Site): Eval {
  const heads = term.key === undefined ? [term.head] : [term.key, term.head];
  const { before, evals } = planHeads(term.body, heads, site.nested());
  const result = site.fresh();
  const [first, second] = evals as [Eval, Eval];
  if (term.kind === 'arrayComprehension') {
    const step = chain(before, (c, r) => {
      c.budget.charge(1);
      (r[result] as Value[]).push(first(c, r) as Value);
      return false;
    });
    return (c, r) => {
      r[result] = [];
      step(c, r);
      return r[result];
    };
  }
  if (term.kind === 'setComprehension') {
    const step = chain(before, (c, r) => {
      c.budget.charge(2);
      (r[result] as RegoSet).add(first(c, r) as Value);
      return false;
    });
    return (c, r) => {
      r[result] = new RegoSet();
      step(c, r);
      return r[result];
    };
  }
  const step = chain(before, (c, r) => {
    c.budget.charge(2);
    const object = r[result] as RegoObject;
    const key = first(c, r) as Value;
    const value = second(c, r) as Value;
    const earlier = object.get(key);
    if (earlier === undefined) object.set(key, value);
    else if (!equal(earlier, value)) throw conflict('object keys must be unique', term.location);
    return false;
  });
  return (c, r) => {
    r[result] = new RegoObject();
    step(c, r);
    return r[result];
  };
}

function planTemplate(
  parts: readonly (string | { body: readonly Literal[]; result: Term & { kind: 'local' } })[],
  site: Site,
): Eval {
  const planned = parts.map((part): Eval => {
    if (typeof part === 'string') return constant(part);
    const inner = site.nested();
    const id = part.result.id;
    const step = chain(planBody(part.body, inner), () => true);
    return (c, r) => {
      const value = step(c, r) ? r[id] : undefined;
      return value === undefined ? '<undefined>' : typeof value === 'string' ? value : regoText(value);
    };
  });
  return (c, r) => {
    let text = '';
    for (const part of planned) text += part(c, r) as string;
    c.budget.charge(text.length);
    return text;
  };
}

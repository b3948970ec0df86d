import type { Literal, Term } from '../compile/ir.ts';
import type { Eval } from '../eval/context.ts';
import type { TracePoint } from '../eval/tracer.ts';
import { type RegoObject, RegoSet } from '../value/collections.ts';
import { equal } from '../value/compare.ts';
import { type AnyObject, lookup, objectKeys } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import { planMatch } from './match.ts';
import { capturedResult, orderBody, visit } from './order.ts';
import { type Builder, chain, type Site } from './site.ts';
import { sourceLine } from './source.ts';
import { planTerm } from './terms.ts';
import { planTest } from './tests.ts';
import { bindPattern, solve } from './unify.ts';
import { planWiths } from './withs.ts';

/** Plans the literals of a body in a safe order; the site then knows what they bind. */
export function planBody(body: readonly Literal[], site: Site): Builder[] {
  const { program } = site;
  const ordered = orderBody(body, new Set(site.bound), (call) => program.arity(call));
  const builders: Builder[] = [];
  for (const literal of ordered) planLiteral(literal, site, builders);
  return builders;
}

function planLiteral(literal: Literal, site: Site, builders: Builder[]): void {
  const traced = literal.written ? site.program.instrument?.around(pointOf(literal, site)) : undefined;
  if (traced !== undefined) builders.push(traced.before);
  if (literal.withs.length > 0)
    planWiths(literal.withs, site, builders, (inner) => planBare(literal, site, inner));
  else planBare(literal, site, builders);
  if (traced !== undefined) builders.push(traced.after);
}

function pointOf(literal: Literal, site: Site): TracePoint {
  const variables = new Map<string, number>();
  visit(literal, (id, name) => {
    if (!name.startsWith('$')) variables.set(name, id);
  });
  const { location } = literal;
  const text = sourceLine(site.rule.module.source, location.row, location.col);
  return { kind: 'literal', location, text, variables: [...variables] };
}

function planBare(literal: Literal, site: Site, builders: Builder[]): void {
  switch (literal.kind) {
    case 'term':
      planStatement(literal.term, site, builders);
      break;
    case 'unify':
      planUnify(literal.left, literal.right, site, builders);
      break;
    case 'not':
      builders.push(planNot(literal.body, site));
      break;
    case 'every':
      planEvery(literal, site, builders);
  }
}

function planStatement(term: Term, site: Site, builders: Builder[]): void {
  const captured = capturedResult(term, (call) => site.program.arity(call));
  if (term.kind === 'call' && captured !== undefined) {
    planUnify(captured, { ...term, args: term.args.slice(0, -1) }, site, builders);
    return;
  }
  builders.push(planTest(term, site, builders));
}

export function planUnify(left: Term, right: Term, site: Site, builders: Builder[]): void {
  const steps = solve(left, right, new Set(site.bound)) ?? [];
  for (const step of steps) {
    switch (step.kind) {
      case 'never':
        builders.push({ test: () => false });
        break;
      case 'compare':
        planCompare(step.left, step.right, site, builders);
        break;
      case 'match': {
        const source = planTerm(step.source, site, builders);
        planMatch(step.pattern, source, site, builders);
        bindPattern(step.pattern, site.bound);
      }
    }
  }
}

function planCompare(left: Term, right: Term, site: Site, builders: Builder[]): void {
  if (left.kind === 'local' && right.kind === 'local' && left.id === right.id) return;
  const a = planTerm(left, site, builders);
  const b = planTerm(right, site, builders);
  builders.push(
    right.kind === 'const'
      ? against(a, right.value)
      : left.kind === 'const'
        ? against(b, left.value)
        : both(a, b),
  );
}

function against(value: Eval, wanted: Value): Builder {
  if (typeof wanted !== 'object' || wanted === null) return { test: (c, r) => value(c, r) === wanted };
  return {
    test: (c, r) => {
      const found = value(c, r);
      return found !== undefined && equal(found, wanted);
    },
  };
}

function both(a: Eval, b: Eval): Builder {
  return {
    test: (c, r) => {
      const x = a(c, r);
      if (x === undefined) return false;
      const y = b(c, r);
      return y !== undefined && equal(x, y);
    },
  };
}

function planNot(body: readonly Literal[], site: Site): Builder {
  const step = chain(planBody(body, site.nested()), () => true);
  return { test: (c, r) => !step(c, r) };
}

function planEvery(literal: Literal & { kind: 'every' }, site: Site, builders: Builder[]): void {
  const collection = planTerm(literal.collection, site, builders);
  const inner = site.nested();
  inner.bound.add(literal.key.id).add(literal.value.id);
  const body = chain(planBody(literal.body, inner), () => true);
  const key = literal.key.id;
  const value = literal.value.id;
  builders.push({
    test: (c, r) => {
      const domain = collection(c, r);
      if (typeof domain !== 'object' || domain === null) return false;
      const array = Array.isArray(domain);
      const keys = array
        ? (domain as readonly Value[])
        : domain instanceof RegoSet
          ? domain.values()
          : objectKeys(domain as AnyObject | RegoObject);
      for (let i = 0; i < keys.length; i += 1) {
        c.budget.tick();
        r[key] = array ? i : keys[i];
        r[value] = array ? keys[i] : lookup(domain, keys[i] as Value);
        if (!body(c, r)) return false;
      }
      return true;
    },
  });
}

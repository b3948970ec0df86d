import type { Direct } from '../builtins/direct.ts';
import type { CallTerm, Term } from '../compile/ir.ts';
import type { Eval, Step } from '../eval/context.ts';
import { comparisons } from './comparisons.ts';
import type { Builder, Site } from './site.ts';
import { planTerm } from './terms.ts';

type Test = { readonly test: Step };

/** Plans an expression that holds when its value is neither undefined nor false. */
export function planTest(term: Term, site: Site, before: Builder[]): Test {
  return (
    (term.kind === 'call' ? directTest(term, site, before) : undefined) ?? holds(planTerm(term, site, before))
  );
}

function holds(value: Eval): Test {
  return {
    test: (c, r) => {
      const result = value(c, r);
      return result !== undefined && result !== false;
    },
  };
}

/** Comparisons, and built-ins with a short way, are asked about their operands without a closure in between. */
function directTest(term: CallTerm, site: Site, before: Builder[]): Test | undefined {
  if (term.callee.kind !== 'builtin') return undefined;
  const [a, b] = term.args as [Term, Term];
  const comparison = comparisons[term.callee.name];
  if (comparison !== undefined) {
    const left = planTerm(a, site, before);
    return (
      constantTest(term.callee.name, left, b) ?? comparisonTest(comparison, left, planTerm(b, site, before))
    );
  }
  const direct = site.program.builtin(term.callee.name)?.direct;
  const planTwice = site.program.instrument === undefined;
  if (direct === undefined || term.args.length > 2 || !planTwice) return undefined;
  const inner: Builder[] = [];
  const general = holds(planTerm(term, site, inner)).test;
  // Operands that are enumerated are planned once.
  if (inner.length > 0) {
    before.push(...inner);
    return { test: general };
  }
  const left = planTerm(a, site, before);
  return b === undefined
    ? unaryTest(direct, left, general)
    : binaryTest(direct, left, planTerm(b, site, before), general);
}

/** Whether a value is, or is not, a scalar that the policy names: there is but one of each. */
function constantTest(name: string, left: Eval, right: Term): Test | undefined {
  if (right.kind !== 'const' || (typeof right.value === 'object' && right.value !== null)) return undefined;
  const wanted = right.value;
  if (name === 'equal') return { test: (c, r) => left(c, r) === wanted };
  if (name !== 'neq') return undefined;
  return {
    test: (c, r) => {
      const value = left(c, r);
      return value !== undefined && value !== wanted;
    },
  };
}

function comparisonTest(holdsFor: NonNullable<(typeof comparisons)[string]>, left: Eval, right: Eval): Test {
  return {
    test: (c, r) => {
      const a = left(c, r);
      if (a === undefined) return false;
      const b = right(c, r);
      return b !== undefined && holdsFor(a, b);
    },
  };
}

function unaryTest(direct: Direct, operand: Eval, general: Step): Test {
  return {
    test: (c, r) => {
      if (c.mocks !== null) return general(c, r);
      const value = operand(c, r);
      if (value === undefined) return false;
      const result = direct(value, null);
      return result === undefined ? general(c, r) : result !== false;
    },
  };
}

function binaryTest(direct: Direct, left: Eval, right: Eval, general: Step): Test {
  return {
    test: (c, r) => {
      if (c.mocks !== null) return general(c, r);
      const a = left(c, r);
      if (a === undefined) return false;
      const b = right(c, r);
      if (b === undefined) return false;
      const result = direct(a, b);
      return result === undefined ? general(c, r) : result !== false;
    },
  };
}

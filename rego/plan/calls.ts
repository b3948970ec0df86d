import { type Builtin, BuiltinError, OperandError } from '../builtins/builtin.ts';
import type { CallTerm } from '../compile/ir.ts';
import { type Location, RegoError } from '../errors.ts';
import { type CallFunction, type Context, type Eval, type Mock, NOTHING } from '../eval/context.ts';
import { RegoObject, RegoSet } from '../value/collections.ts';
import { canonicalText, regoText } from '../value/text.ts';
import type { Value } from '../value/types.ts';
import { comparisons } from './comparisons.ts';
import type { Builder, Site } from './site.ts';
import { constantValue, planTerm } from './terms.ts';
import { mockKey } from './withs.ts';

/** Plans a call: operators directly, other built-ins and function rules through their operands. */
export function planCall(term: CallTerm, site: Site, before: Builder[]): Eval {
  const special = term.callee.kind === 'builtin' ? specials[term.callee.name] : undefined;
  if (special !== undefined) return special(term, site, before);
  const args = term.args.map((arg) => planTerm(arg, site, before));
  if (term.callee.kind === 'rule') return planRuleCall(term, args, site);
  const builtin = site.program.builtin(term.callee.name);
  if (builtin === undefined) {
    throw new RegoError('rego_type_error', `undefined function ${term.callee.name}`, term.location);
  }
  const called = planBuiltinCall(term, args, builtin);
  return builtin.isRelation === true ? enumerated(called, site, before) : called;
}

function planRuleCall(term: CallTerm, args: readonly Eval[], site: Site): Eval {
  const call = site.program.function(term.callee, term.location);
  const key = mockKey(term.callee);
  const constants = term.args.map(constantValue);
  if (!constants.includes(undefined)) return planConstantCall(term, constants as Value[], call, site);
  return (c, r) => {
    const values = valuesOf(args, c, r);
    if (values === undefined) return undefined;
    const mock = c.mocks === null ? undefined : c.mocks.get(key);
    return mock === undefined ? call(c, values) : callMock(mock, values, c);
  };
}

/** A call of which everything is written in the policy: evaluated once per context, like a document. */
function planConstantCall(term: CallTerm, values: readonly Value[], call: CallFunction, site: Site): Eval {
  const key = mockKey(term.callee);
  const id = site.program.slot(`${key} ${canonicalText(values)}`);
  return (c) => {
    const known = c.memo[id];
    if (known !== undefined) return known === NOTHING ? undefined : known;
    const mock = c.mocks === null ? undefined : c.mocks.get(key);
    const value = mock === undefined ? call(c, values) : callMock(mock, values, c);
    c.memo[id] = value === undefined ? NOTHING : value;
    return value;
  };
}

function planBuiltinCall(term: CallTerm, args: readonly Eval[], builtin: Builtin): Eval {
  const key = mockKey(term.callee);
  const general = (values: readonly Value[], c: Context): Value | undefined => {
    const mock = c.mocks === null ? undefined : c.mocks.get(key);
    return mock === undefined ? callBuiltin(builtin, values, c, term.location) : callMock(mock, values, c);
  };
  const { direct } = builtin;
  const [first, second] = args;
  if (direct !== undefined && first !== undefined && args.length === 1) {
    return (c, r) => {
      const value = first(c, r);
      if (value === undefined) return undefined;
      const result = c.mocks === null ? direct(value, null) : undefined;
      return result === undefined ? general([value], c) : result;
    };
  }
  if (direct !== undefined && first !== undefined && second !== undefined && args.length === 2) {
    return (c, r) => {
      const a = first(c, r);
      if (a === undefined) return undefined;
      const b = second(c, r);
      if (b === undefined) return undefined;
      const result = c.mocks === null ? direct(a, b) : undefined;
      return result === undefined ? general([a, b], c) : result;
    };
  }
  return (c, r) => {
    const values = valuesOf(args, c, r);
    return values === undefined ? undefined : general(values, c);
  };
}

function valuesOf(args: readonly Eval[], c: Context, r: (Value | undefined)[]): Value[] | undefined {
  const values = new Array<Value>(args.length);
  for (let i = 0; i < args.length; i += 1) {
    const value = (args[i] as Eval)(c, r);
    if (value === undefined) return undefined;
    values[i] = value;
  }
  return values;
}

function callMock(mock: Mock, values: readonly Value[], c: Context): Value | undefined {
  return mock.kind === 'value' ? mock.value : mock.call(c.unmocked(), values);
}

/** Calls a built-in; its errors make the call undefined, unless the caller wants them strict. */
export function callBuiltin(
  builtin: Builtin,
  values: readonly Value[],
  c: Context,
  location: Location,
): Value | undefined {
  c.budget.tick();
  if (!constantTime.has(builtin.name)) {
    for (let i = 0; i < values.length; i += 1) c.budget.work(sizeOf(values[i] as Value));
  }
  try {
    const result = builtin.evaluate(values, c.environment);
    if (result !== undefined) c.budget.work(sizeOf(result));
    return result;
  } catch (error) {
    const known = error instanceof BuiltinError || error instanceof OperandError;
    if (!known) throw error;
    if (!c.environment.strictBuiltinErrors) return undefined;
    const code = error instanceof OperandError ? 'eval_type_error' : 'eval_builtin_error';
    throw new RegoError(code, `${builtin.name}: ${error.message}`, location);
  }
}

/** Built-ins that look something up, however large the collection is. */
const constantTime: ReadonlySet<string> = new Set(['object.get', 'internal.member_3', 'count', 'type_name']);

/** What a built-in reads and makes counts as work, so that large collections use up the budget sooner. */
function sizeOf(value: Value): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.length;
  return value instanceof RegoSet || value instanceof RegoObject ? value.size : 0;
}

/** A relation gives an array of results; each one is a solution. */
function enumerated(results: Eval, site: Site, before: Builder[]): Eval {
  const id = site.fresh();
  before.push((next) => (c, r) => {
    const all = results(c, r);
    if (!Array.isArray(all)) {
      r[id] = all;
      return all !== undefined && next(c, r);
    }
    for (const one of all as readonly Value[]) {
      c.budget.tick();
      r[id] = one;
      if (next(c, r)) return true;
    }
    return false;
  });
  return (_c, r) => r[id];
}

type Special = (term: CallTerm, site: Site, before: Builder[]) => Eval;

/** An operator that is never mocked, on two operands. */
const binary =
  (operation: (a: Value, b: Value) => Value | undefined): Special =>
  (term, site, before) => {
    const [left, right] = term.args.map((arg) => planTerm(arg, site, before)) as [Eval, Eval];
    return (c, r) => {
      const a = left(c, r);
      if (a === undefined) return undefined;
      const b = right(c, r);
      return b === undefined ? undefined : operation(a, b);
    };
  };

/** `print` shows what it gets, undefined operands too, and never fails. */
const print: Special = (term, site, before) => {
  const args = term.args.map((arg) => planTerm(arg, site, before));
  const { file, row, col } = term.location;
  return (c, r) => {
    const show = c.environment.print;
    if (show !== undefined) {
      const texts = args.map((arg) => printed(arg(c, r)));
      show(texts.join(' '), `${file}:${row}:${col}`);
    }
    return true;
  };
};

const printed = (value: Value | undefined): string =>
  value === undefined ? '<undefined>' : typeof value === 'string' ? value : regoText(value);

/** `rego.metadata.chain()` and `rego.metadata.rule()` are known when the rule is planned. */
const metadata =
  (which: 'chain' | 'rule'): Special =>
  (_term, site) => {
    let value: Value | undefined;
    return () => {
      value ??= site.program.metadata(site.rule)[which];
      return value;
    };
  };

const specials: Readonly<Record<string, Special | undefined>> = {
  __proto__: null as never,
  ...Object.fromEntries(Object.entries(comparisons).map(([name, holds]) => [name, holds && binary(holds)])),
  print,
  'rego.metadata.chain': metadata('chain'),
  'rego.metadata.rule': metadata('rule'),
};

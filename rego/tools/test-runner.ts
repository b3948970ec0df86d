import type { Location } from '../errors.ts';
import { RegoError } from '../errors.ts';
import type { CompileOptions, EvaluateOptions, Source } from '../options.ts';
import { Instrument } from '../plan/instrument.ts';
import { compile } from '../policy.ts';
import type { Module } from '../syntax/ast.ts';
import { isObject, objectEntries } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import { type Coverage, CoverageTracer } from './coverage.ts';

export interface TestResult {
  /** `data.package.test_name` */
  readonly name: string;
  readonly location: Location | undefined;
  readonly outcome: 'passed' | 'failed' | 'error' | 'skipped';
  /** What went wrong, for `error`. */
  readonly message: string | undefined;
  readonly milliseconds: number;
  /** What the test printed. */
  readonly printed: readonly string[];
}

export interface TestReport {
  readonly tests: readonly TestResult[];
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly skipped: number;
  readonly coverage: Coverage;
}

export interface TestOptions extends CompileOptions {
  readonly evaluate?: EvaluateOptions;
  /** Runs only tests whose name it matches. */
  readonly only?: (name: string) => boolean;
  /** A clock for durations, in ms. */
  readonly clock?: () => number;
}

/** Rules that are tests, and tests that are not ready. */
const isTest = (name: string): boolean => name.startsWith('test_');
const isPending = (name: string): boolean => name.startsWith('todo_test_');

/**
 * Runs every rule whose name starts with `test_`, as `opa test` does: true passes; false and undefined fail. A
 * test may also be an object of named cases, which all must be true. Throws `RegoErrors` when the modules do
 * not compile.
 */
export function runTests(modules: readonly (Source | Module)[], options: TestOptions = {}): TestReport {
  const instrument = new Instrument();
  const policy = compile(modules, { ...options, instrument });
  const tracer = new CoverageTracer(instrument);
  const clock = options.clock ?? (() => performance.now());
  const tests: TestResult[] = [];
  for (const { path, location } of policy.rules()) {
    const own = path.at(-1) ?? '';
    const name = ['data', ...path].join('.');
    if ((!isTest(own) && !isPending(own)) || options.only?.(name) === false) continue;
    const printed: string[] = [];
    const base = { name, location, printed };
    if (isPending(own)) {
      tests.push({ ...base, outcome: 'skipped', message: undefined, milliseconds: 0 });
      continue;
    }
    const start = clock();
    const evaluate = { print: (text: string) => printed.push(text), ...options.evaluate, tracer };
    const verdict = judge(() => policy.evaluateValue(name, evaluate));
    tests.push({ ...base, ...verdict, milliseconds: clock() - start });
  }
  const count = (outcome: TestResult['outcome']): number =>
    tests.filter((test) => test.outcome === outcome).length;
  return {
    tests,
    passed: count('passed'),
    failed: count('failed'),
    errors: count('error'),
    skipped: count('skipped'),
    coverage: tracer.coverage(),
  };
}

function judge(evaluate: () => Value | undefined): Pick<TestResult, 'outcome' | 'message'> {
  try {
    return { outcome: holds(evaluate()) ? 'passed' : 'failed', message: undefined };
  } catch (error) {
    if (error instanceof RegoError) return { outcome: 'error', message: error.message };
    throw error;
  }
}

function holds(value: Value | undefined): boolean {
  if (value === true) return true;
  if (value === undefined || !isObject(value)) return false;
  const cases = objectEntries(value);
  return cases.length > 0 && cases.every(([, one]) => holds(one));
}

import {
  type DecidingRule,
  decidingRules,
  type PolicyAnswer,
  type PolicyCheck,
  type PolicyProblem,
  type PolicySource,
} from '../../core/ports/repository-policies.ts';
import { compile, type Limits, type Policy, RegoError, RegoErrors, runTests } from '../../rego/index.ts';
import { policyBundle } from './policy-files.ts';

/** For each rule and each test: a pull request's policy may run here, and must not run for long. */
const limits: Limits = { steps: 2_000_000, depth: 200, allocations: 20_000_000, milliseconds: 5_000 };

const isTestFile = (path: string): boolean => path.endsWith('_test.rego');
const asSource = ({ path, text }: PolicySource) => ({ file: path, source: text });

/** Compiles policies with their tests, and runs the tests. */
export function checkPolicies(sources: readonly PolicySource[]): PolicyCheck {
  const { sha256 } = policyBundle(sources.map(asSource));
  try {
    // Policies have to stand without their tests too: that is how they decide.
    const policy = compile(sources.filter(({ path }) => !isTestFile(path)).map(asSource));
    const { tests } = runTests(sources.map(asSource), { evaluate: { limits } });
    const problems = tests.flatMap(({ name, outcome, message, location }): PolicyProblem[] => {
      if (outcome === 'passed') return [];
      const what = outcome === 'skipped' ? 'is not ready (todo_)' : (message ?? 'failed');
      return [{ kind: 'test', message: `${name}: ${what}`, ...placeOf(location) }];
    });
    return { problems: [...unasked(policy), ...problems], tests: tests.length, sha256 };
  } catch (error) {
    return { problems: problemsOf(error, 'compile'), tests: 0, sha256 };
  }
}

/** Rules of other packages that look like decisions, and Conftest's names: silently left out they would let things pass. */
function unasked(policy: Policy): readonly PolicyProblem[] {
  const asked = new Set(entrypointsOf(policy).map(({ path }) => path.join('.')));
  return policy.rules().flatMap(({ path, kind, location }): PolicyProblem[] => {
    const name = path.at(-1) ?? '';
    if (kind === 'function' || !/^(deny|warn|violation|exception)(_|$)|^(allow|obligations)$/.test(name))
      return [];
    if (path.some((_, index) => asked.has(path.slice(0, index + 1).join('.')))) return [];
    const message = `nobody asks ${path.join('.')}: decisions are the rules ${decidingRules.join(', ')} of packages conductor.<name>`;
    return [{ kind: 'unasked', message, ...placeOf(location) }];
  });
}

/** Asks every deciding rule. Tests take no part. */
export function decidePolicies(
  sources: readonly PolicySource[],
  input: unknown,
  now: number,
): readonly PolicyAnswer[] {
  const policy = compile(sources.filter(({ path }) => !isTestFile(path)).map(asSource));
  return entrypointsOf(policy).map(({ path, rule, location }) => {
    const { path: file, line } = placeOf(location);
    const place = { ...(file === undefined ? {} : { path: file }), ...(line === undefined ? {} : { line }) };
    return { package: path.slice(0, -1).join('.'), rule, ...place, answer: ask(policy, path, input, now) };
  });
}

interface Entrypoint {
  /** Below `data`, with the rule's name at its end. */
  readonly path: readonly string[];
  readonly rule: DecidingRule;
  readonly location: RegoError['location'];
}

/** Rules with a name of the convention; `deny.code := …` and `deny[code] := …` belong to `deny`. */
function entrypointsOf(policy: Policy): readonly Entrypoint[] {
  const found = new Map<string, Entrypoint>();
  for (const { path, location } of policy.rules()) {
    const at = path.findIndex((part, index) => index > 1 && isDeciding(part));
    const rule = path[at];
    if (path[0] !== 'conductor' || rule === undefined || !isDeciding(rule)) continue;
    const own = path.slice(0, at + 1);
    if (!found.has(own.join('.'))) found.set(own.join('.'), { path: own, rule, location });
  }
  return [...found.values()];
}

function isDeciding(name: string): name is DecidingRule {
  return decidingRules.some((rule) => rule === name);
}

function ask(policy: Policy, path: readonly string[], input: unknown, now: number): PolicyAnswer['answer'] {
  try {
    const value = policy.evaluate(path.join('/'), { input, now, limits, strictBuiltinErrors: true });
    return value === undefined ? { kind: 'undefined' } : { kind: 'defined', value };
  } catch (error) {
    const [problem] = problemsOf(error, 'evaluation');
    if (problem === undefined) throw error;
    return { kind: 'failed', problem };
  }
}

/** Problems with their places; what is no error of Rego is a defect of ours and goes on. */
function problemsOf(error: unknown, kind: PolicyProblem['kind']): readonly PolicyProblem[] {
  const errors = error instanceof RegoErrors ? error.errors : error instanceof RegoError ? [error] : null;
  if (errors === null) throw error;
  return errors.map(({ code, detail, location }) => ({
    kind,
    message: `${code}: ${detail}`,
    ...placeOf(location),
  }));
}

function placeOf(location: RegoError['location']): { path?: string; line?: number; column?: number } {
  return location === undefined ? {} : { path: location.file, line: location.row, column: location.col };
}

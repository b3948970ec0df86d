import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Builtin,
  compare,
  compile,
  defineBuiltin,
  equal,
  httpSend,
  jsonText,
  lookupAddress,
  type Policy,
  parseJson,
  parseQuery,
  RegoError,
  RegoErrors,
  RegoSet,
  type Value,
} from '../../rego/index.ts';
import { isObject, lookup, objectEntries } from '../../rego/value/object.ts';
import type { CaseResult, Corpus, Outcome } from './corpus.ts';

/** Cases of OPA's compliance suite, one JSON file a group. */
export const opaConformance: Corpus = {
  name: 'opa-conformance',
  about: "OPA's compliance cases for Rego v1",
  recognises: (folder) => groupFiles(folder).some((file) => holdsCases(join(folder, file))),
  *run(folder) {
    for (const file of groupFiles(folder)) {
      const cases = parseJson(readFileSync(join(folder, file), 'utf8'));
      for (const one of cases as readonly Value[]) yield result(file.replace(/\.json$/, ''), one);
    }
  },
};

function groupFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
}

/** Whether a file begins as a group of cases does: a list whose items have a note. */
function holdsCases(path: string): boolean {
  const text = readFileSync(path, 'utf8');
  return /^\s*\[\s*\{/.test(text) && text.includes('"note"');
}

interface Case {
  readonly note: string;
  readonly query: string;
  readonly modules: readonly string[];
  readonly data: Value | undefined;
  readonly input: Value | undefined;
  readonly inputTerm: string | undefined;
  readonly wantResult: readonly Value[] | undefined;
  readonly wantCode: string | undefined;
  readonly wantMessage: string | undefined;
  readonly strict: boolean;
  /** The suite sorts arrays of the result before it compares. */
  readonly sorted: boolean;
}

function caseOf(value: Value): Case {
  const field = (name: string): Value | undefined => lookup(value, name) ?? undefined;
  const text = (name: string): string | undefined => {
    const found = field(name);
    return typeof found === 'string' ? found : undefined;
  };
  return {
    note: text('note') ?? '',
    query: text('query') ?? '',
    modules: (field('modules') ?? []) as readonly string[],
    data: field('data'),
    input: field('input'),
    inputTerm: text('input_term'),
    wantResult: field('want_result') as readonly Value[] | undefined,
    wantCode: text('want_error_code'),
    wantMessage: text('want_error'),
    strict: field('strict_error') === true,
    sorted: field('sort_bindings') === true,
  };
}

function result(group: string, value: Value): CaseResult {
  const one = caseOf(value);
  return { group, name: one.note, outcome: judge(one) };
}

/** What OPA's own harness adds: a pause, and functions that here reach no network but know this machine. */
const harness: readonly Builtin[] = [
  defineBuiltin('test.sleep', ['string'], 'any', () => null),
  lookupAddress((name) => (name === 'localhost' ? ['127.0.0.1'] : [])),
  httpSend(() => undefined),
];

function judge(one: Case): Outcome {
  try {
    const found = run(one);
    if (one.wantCode !== undefined || one.wantMessage !== undefined) {
      return failed(`wanted ${one.wantCode ?? ''} ${one.wantMessage ?? ''}, got ${show(found)}`);
    }
    return sameResults(found, one.wantResult ?? [], one.sorted)
      ? { kind: 'passed' }
      : failed(`wanted ${show(one.wantResult ?? [])}, got ${show(found)}`);
  } catch (error) {
    return judgeError(one, error);
  }
}

function run(one: Case): readonly Value[] {
  const policy = compile(
    one.modules.map((source, i) => ({ file: `test-${i}.rego`, source })),
    { builtins: harness, ...(one.data === undefined ? {} : { data: one.data }) },
  );
  const input = one.inputTerm === undefined ? one.input : termValue(policy, one.inputTerm);
  const solutions = policy.queryValues(one.query.trim(), {
    ...(input === undefined ? {} : { input }),
    strictBuiltinErrors: one.strict,
  });
  return solutions.map((bindings) => bindings as Value);
}

/** An input written as a Rego term. */
function termValue(policy: Policy, term: string): Value | undefined {
  parseQuery(`x = ${term}`);
  return policy.queryValues(`x = ${term}`)[0]?.x;
}

function judgeError(one: Case, error: unknown): Outcome {
  if (error instanceof RegoErrors) return failed(error.message);
  if (!(error instanceof RegoError))
    return failed(`${(error as Error).name}: ${(error as Error).stack ?? ''}`);
  if (one.wantCode === undefined && one.wantMessage === undefined) return failed(error.message);
  const code = one.wantCode === undefined || error.code === one.wantCode;
  const message = one.wantMessage === undefined || likeOpa(error).includes(one.wantMessage);
  return code && message
    ? { kind: 'passed' }
    : failed(`wanted ${one.wantCode ?? ''} ${one.wantMessage ?? ''}, got ${error.message}`);
}

/** OPA writes places as file:row. */
function likeOpa(error: RegoError): string {
  const at = error.location;
  return `${at === undefined ? '' : `${at.file}:${at.row}: `}${error.code}: ${error.detail}`;
}

const failed = (reason: string): Outcome => ({ kind: 'failed', reason });
const show = (values: readonly Value[]): string => values.map((value) => jsonText(value)).join(' ');

/** Solutions compare as JSON, where sets are arrays and the order of solutions does not matter. */
function sameResults(found: readonly Value[], wanted: readonly Value[], sortArrays: boolean): boolean {
  const normal = (values: readonly Value[]): readonly Value[] =>
    values.map((value) => (sortArrays ? sortedArrays(asJson(value)) : asJson(value))).sort(compare);
  return equal(normal(found), normal(wanted));
}

function sortedArrays(value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map(sortedArrays).sort(compare);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    objectEntries(value).map(([key, item]) => [String(key), sortedArrays(item)]),
  ) as Value;
}

/** Arrays that stand for sets cannot be told from arrays, so a set becomes its sorted elements as JSON. */
function asJson(value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map(asJson);
  if (value instanceof RegoSet) return value.values().map(asJson);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    objectEntries(value).map(([key, item]) => [typeof key === 'string' ? key : jsonText(key), asJson(item)]),
  ) as Value;
}

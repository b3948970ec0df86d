import { describe, expect, it } from 'vitest';
import { compile, RegoErrors } from '../index.ts';
import { compileErrors, evaluationError, policy, value } from './support.ts';

describe('the compiler', () => {
  it.each([
    ['a variable without a value', 'p := x', ['rego_unsafe_var_error 2:6 var x is unsafe']],
    ['a variable only under not', 'p if not x == 1', ['rego_unsafe_var_error 2:6 var x is unsafe']],
    [
      'a variable only in a comprehension',
      'p := x if y := [x | x = 1]',
      ['rego_unsafe_var_error 2:11 var x is unsafe'],
    ],
    [
      'recursion',
      'p if q\nq if p',
      ['rego_recursion_error 2:1 rule data.test.p is recursive: data.test.p -> data.test.q -> data.test.p'],
    ],
    [
      'recursion through a package',
      'p := data.test',
      ['rego_recursion_error 2:1 rule data.test.p is recursive: data.test.p -> data.test.p'],
    ],
    [
      'rules of different kinds',
      'p := 1\np contains 2',
      ['rego_type_error 2:1 conflicting rules data.test.p found at test.rego:2, test.rego:3'],
    ],
    [
      'functions of different arity',
      'f(1) := 1\nf(1, 2) := 2',
      ['rego_type_error 2:1 conflicting rules data.test.f found at test.rego:2, test.rego:3'],
    ],
    [
      'two defaults',
      'default p := 1\ndefault p := 2',
      ['rego_type_error 2:1 multiple default rules data.test.p found at test.rego:2, test.rego:3'],
    ],
    [
      'rules below a value',
      'p := {}\np.q := 1',
      ['rego_type_error 2:1 rule data.test.p conflicts with [data.test.p.q]'],
    ],
    [
      'a rule of the name of a document',
      'data := 1',
      ['rego_compile_error 2:1 rules must not shadow data (use a different rule name)'],
    ],
    [
      'an argument of the name of a document',
      'f(input) := 1',
      ['rego_compile_error 2:3 args must not shadow input (use a different variable name)'],
    ],
    ['an argument that is assigned', 'f(x) if { x := 1 }', ['rego_compile_error 2:11 arg x redeclared']],
    [
      'a declared name that is assigned',
      'p if { some x; x := 1 }',
      ['rego_compile_error 2:16 var x declared above'],
    ],
    [
      'a default to be found out',
      'default p := input.x',
      ['rego_parse_error 2:1 illegal default rule (value cannot contain ref)'],
    ],
    [
      'a default with a call',
      'default p := {"a": 1 + 1}',
      ['rego_parse_error 2:1 illegal default rule (value cannot contain call)'],
    ],
    [
      'a default of a pattern',
      'default f([x]) := 0',
      ['rego_parse_error 2:1 illegal default rule (arguments cannot contain array)'],
    ],
    [
      'a default of one argument twice',
      'default f(x, x) := 0',
      ['rego_parse_error 2:1 illegal default rule (arguments cannot be repeated: x)'],
    ],
    ['an unknown function', 'p := f(1)', ['rego_type_error 2:6 undefined function f']],
    [
      'the network',
      'p := http.send({"method": "get", "url": "http://x"})',
      [
        'rego_type_error 2:6 undefined function http.send (it needs the network: give compile() an implementation, { builtins: [httpSend(…)] })',
      ],
    ],
    [
      'too many operands',
      'p := count([], 1, 2)',
      [
        'rego_type_error 2:6 count: arity mismatch\n\thave: (array, number, number)\n\twant: (any<array, object, set, string>)',
      ],
    ],
    [
      'an operand of another type',
      'p := upper(1)',
      ['rego_type_error 2:6 upper: invalid argument(s)\n\thave: (number)\n\twant: (string)'],
    ],
    [
      'a declared variable that is not used',
      'p if { some x; true }',
      ['rego_compile_error 2:13 declared var x unused'],
    ],
    ['a second assignment', 'p if { x := 1; x := 2 }', ['rego_compile_error 2:16 var x assigned above']],
    ['an assignment after use', 'p if { x = 1; x := 2 }', ['rego_compile_error 2:15 var x referenced above']],
    [
      'an assignment to a reference',
      'p if { input.x := 1 }',
      ['rego_compile_error 2:8 cannot assign to ref'],
    ],
    [
      'the replacement of a part of a rule',
      'q := {"a": 1}\np if q with q.a as 2',
      ['rego_compile_error 3:8 with keyword cannot partially replace virtual document(s)'],
    ],
  ])('refuses %s', (_name, source, errors) => {
    expect(compileErrors(source)).toEqual(errors);
  });

  it('refuses a package where a rule has its value', () => {
    expect(compileErrors('p := 1', 'package test.p\nq := 1')).toContainEqual(
      'rego_type_error 1:1 package test.p conflicts with rule p defined at test.rego:2',
    );
  });

  it('reports every problem of every module', () => {
    const sources = ['p := x', 'package a\nq := y', 'package b\nr := {'];
    expect(() => compile(sources.map((source, i) => ({ file: `${i}.rego`, source })))).toThrow(RegoErrors);
    expect(compileErrors('p := x\nq := y').length).toBe(2);
  });

  it('can be forbidden further built-ins', () => {
    const source = { file: 'a.rego', source: 'package a\np := time.now_ns()' };
    expect(() => compile([source], { forbidden: ['time.now_ns'] })).toThrow(
      /undefined function time\.now_ns/,
    );
  });
});

describe('an evaluation', () => {
  it.each([
    [
      'two values of a complete rule',
      'p := 1\np := 2 if true',
      'eval_conflict_error',
      'complete rules must not produce multiple outputs',
    ],
    [
      'two values of a function',
      'f(_) := 1\nf(_) := 2\np := f(0)',
      'eval_conflict_error',
      'functions must not produce multiple outputs for same inputs',
    ],
    [
      'two values of a key',
      'p[k] := v if { k := "a"; v := [1, 2][_] }',
      'eval_conflict_error',
      'object keys must be unique',
    ],
    [
      'two values of a key in a comprehension',
      'p := {"a": x | x := [1, 2][_]}',
      'eval_conflict_error',
      'object keys must be unique',
    ],
  ])('fails on %s', (_name, source, code, detail) => {
    const error = evaluationError(source);
    expect([error.code, error.detail]).toEqual([code, detail]);
    expect(error.location?.file).toBe('test.rego');
  });

  it('says file, row and column', () => {
    expect(evaluationError('\np := 1 / 0', { strictBuiltinErrors: true }).message).toBe(
      'test.rego:3:8: eval_builtin_error: div: divide by zero',
    );
  });

  it.each([
    ['p := 1 / 0', 'eval_builtin_error'],
    ['p := upper(input.n)', 'eval_type_error'],
    ['p := to_number("x")', 'eval_builtin_error'],
    ['p := json.unmarshal("{")', 'eval_builtin_error'],
    ['p := regex.match("(", "x")', 'eval_builtin_error'],
  ])('takes an error of a built-in for undefined, unless it is strict: %s', (source, code) => {
    const options = { input: { n: 1 } };
    expect(value(source, 'p', options)).toBeUndefined();
    expect(evaluationError(source, { ...options, strictBuiltinErrors: true }).code).toBe(code);
  });

  it('refuses an input that is no JSON', () => {
    const rules = policy('p := input');
    for (const input of [
      () => 1,
      { x: Number.NaN },
      { x: new Date() },
      [undefined],
      { x: 1n },
      Symbol('x'),
    ]) {
      expect(() => rules.evaluate('test/p', { input })).toThrow(/not a JSON document/);
    }
    const deep: unknown = JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`);
    expect(() => rules.evaluate('test/p', { input: deep })).toThrow(/nested deeper/);
  });
});

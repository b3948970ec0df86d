import { describe, expect, it } from 'vitest';
import { compile, parseModule, type RegoErrors } from '../index.ts';

const imports = ['and', 'not', 'or'].map((name) => `import future.keywords.${name}\n`).join('');

const decide = (rules: string, input: unknown = {}): unknown =>
  compile([{ file: 'test.rego', source: `package test\n${imports}${rules}` }]).evaluate('data.test.p', {
    input,
  });

/** The first error of compiling. */
function refusal(rules: string, header = imports): string | undefined {
  try {
    compile([{ file: 'test.rego', source: `package test\n${header}${rules}` }]);
    return undefined;
  } catch (error) {
    const [first] = (error as RegoErrors).errors;
    return first === undefined ? undefined : `${first.code}: ${first.detail}`;
  }
}

describe('and, or, not', () => {
  it.each([
    ['p if input.a or input.b', { b: 1 }],
    ['p if input.a and input.b or input.c', { c: 1 }],
    ['p if (input.a or input.b) and input.c', { a: 1, c: 1 }],
    ['p if not input.a and input.b', { b: 1 }],
    ['p if not (input.a and input.b)', { b: 1 }],
    ['p if 1 + 1 == 2 and 3 in {3}', {}],
    ['p if {\n\tinput.a or\n\t\tinput.b\n}', { b: 1 }],
    ['p if (1 + 1) * 2 == 4 and ((input.a or input.b))', { a: 1 }],
    ['p if ({1} == {1}) and {"a": 1} == {"a": 1}', {}],
    ['p if { true or {1, 2} == {2, 1} }', {}],
    ['p if { {some x in input.xs; x > 2} or input.b }', { xs: [1, 3] }],
    ['p if { y := 3; {x := y; x > 1} or input.b }', {}],
    ['p if not { x := input.a; x == 1 }', { a: 2 }],
    ['f(x) := x.y\np if not f(input.z)', {}],
    ['p if every x in [1, 2] { x == 1 or x == 2 }', {}],
    ['p if or({1}, {2}) == {1, 2}', {}],
    ['p if { input.a or input.b with input as {"b": 1} }', {}],
    ['p if { input.a or (input.b with input as {"b": 1}) }', {}],
    ['p if { input.a or {input.b with input as {"b": 1}} }', {}],
  ])('%j holds', (rules, input) => {
    expect(decide(rules, input)).toBe(true);
  });

  it.each([
    ['p if input.a or input.b', { a: false }],
    ['p if input.a and input.b', { b: 1 }],
    ['p if input.a or input.b and input.c', { b: 1 }],
    ['p if not { x := input.a; x == 1 }', { a: 1 }],
    ['p if (input.a with input as {"a": 1}) and input.a', {}],
  ])('%j is undefined', (rules, input) => {
    expect(decide(rules, input)).toBeUndefined();
  });

  it('gives one solution, however many operands hold', () => {
    expect(decide('p := [x | some x in [1, 2]; x > 0 or x < 3]')).toEqual([1, 2]);
  });

  it('leaves the second operand alone where the first decides', () => {
    expect(decide('p if true or {p1}\np1 if q == 1\nq := 1\nq := 2 if true')).toBe(true);
  });

  it.each([
    ['p if { x := 1 or input.b }', 'rego_compile_error: cannot assign vars inside implicit or operand'],
    ['p if { not x := input.a }', 'rego_compile_error: cannot assign vars inside negated expression'],
    ['p if { x = 1 or input.b }', 'rego_unsafe_var_error: var x is unsafe'],
    ['p if { {x := 1} and x == 1 }', 'rego_unsafe_var_error: var x is unsafe'],
    ['p := 1 or 2', 'rego_parse_error: unexpected or keyword token: expected \\n or ;'],
    ['p if { some x in [1] or true }', 'rego_parse_error: "some" cannot be an operand: put it into braces'],
    [
      'p if { input.a with input as {} or input.b }',
      'rego_parse_error: unexpected or keyword token: "with" applies to a whole expression, to a group in parentheses or inside braces',
    ],
  ])('%j is refused', (rules, error) => {
    expect(refusal(rules)).toBe(error);
  });

  it('are ordinary names until they are imported', () => {
    expect(refusal('or := 1\nand := or', '')).toBeUndefined();
    expect(refusal('p if input.a or input.b', '')).toMatch(/^rego_parse_error/);
    expect(refusal('p if input.a or input.b', 'import future.keywords\n')).toBeUndefined();
  });

  it('are parsed in time, however the braces nest', () => {
    const deep = `${'true or {x | '.repeat(40)}x${' : 1}'.repeat(40)}`;
    const before = performance.now();
    expect(() => parseModule('test.rego', `package test\n${imports}p if ${deep}`)).toThrow(
      /rego_parse_error/,
    );
    expect(performance.now() - before).toBeLessThan(2000);
  });
});

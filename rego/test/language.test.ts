import { describe, expect, it } from 'vitest';
import { policy, value } from './support.ts';

describe('rules', () => {
  it.each([
    ['a complete rule', 'p := 1', 1],
    ['a rule whose body fails is undefined', 'p := 1 if false', undefined],
    ['a default', 'default p := 2\np := 1 if false', 2],
    ['else branches in order', 'p := 1 if false\nelse := 2 if true\nelse := 3', 2],
    ['a partial set', 'p contains x if some x in [2, 1, 2]', [1, 2]],
    ['a partial object', 'p[k] := v if some k, v in {"a": 1, "b": 2}', { a: 1, b: 2 }],
    ['a reference as the name', 'p.a.b := 1\np.a[x] := 2 if x := "c"', { a: { b: 1, c: 2 } }],
    ['a set below a variable', 'p[k] contains v if some k, v in {"a": 1}', { a: [1] }],
    ['a function', 'f(x) := x + 1\np := f(2)', 3],
    ['a function with patterns', 'f([x, {"k": y}]) := x + y\np := f([1, {"k": 2}])', 3],
    ['a function with a default', 'default f(_) := 0\nf(1) := 1\np := [f(1), f(2)]', [1, 0]],
    ['a function on a constant argument', 'f("a") := 1\nf("b") := 2\np := f("b")', 2],
    ['a rule without value is true', 'p if 1 < 2', true],
  ])('%s', (_name, source, wanted) => {
    expect(value(source)).toEqual(wanted);
  });

  it('of other packages are read through data and imports', () => {
    const source = 'import data.other.x\nimport data.other as o\np := [x, o.x, data.other.x]';
    expect(policy(source, 'package other\nx := 1').evaluate('data.test.p')).toEqual([1, 1, 1]);
  });

  it('stand over base documents', () => {
    const rules = policy('p := data.base.x\nq[k] := v if some k, v in data.base');
    expect(rules.evaluate('test/q', { data: { base: { x: 1, y: [2] } } })).toEqual({ x: 1, y: [2] });
  });
});

describe('bodies', () => {
  it.each([
    ['are put in an order in which every variable has a value', 'p := y if {\n\ty = x + 1\n\tx = 2\n}', 3],
    [
      'enumerate free keys',
      'p := {[i, x] | x := ["a", "b"][i]}',
      [
        [0, 'a'],
        [1, 'b'],
      ],
    ],
    ['look up bound keys', 'p := ["a", "b"][i] if i := 1', 'b'],
    ['unify arrays part by part', 'p := [x, y] if [x, 2] = [1, y]', [1, 2]],
    ['unify objects by their keys', 'p := x if {"a": x, "b": 1} = {"b": 1, "a": 3}', 3],
    ['do not unify other shapes', 'p := x if [x] = [1, 2]', undefined],
    ['compare a variable that is a key too', 'p := x if {\n\tsome x\n\tx == [2, 1, 0][x]\n}', 1],
    ['quantify with every', 'p if every i, x in [0, 1, 2] { i == x }', true],
    ['fail every for one element', 'p if every x in [1, 2] { x < 2 }', undefined],
    ['hold every for none', 'p if every x in [] { false }', true],
    ['negate', 'p if not input.x', true],
    ['read keys of objects that are no strings', 'p := {1: "a", [2]: "b"}[[2]]', 'b'],
    ['destructure elements of a set', 'p := {y | some [1, y] in {[1, 2], [1, 3], [2, 4]}}', [2, 3]],
    [
      'bind in some with patterns',
      'p := [k, v] if some k, {"v": v} in {"a": {"v": 1}, "b": {"w": 2}}',
      ['a', 1],
    ],
    ['keep variables of comprehensions apart', 'p := [[x | x = [1, 2][_]], [x | x = [3][_]]]', [[1, 2], [3]]],
    ['wait with a comprehension for outer variables', 'p := z if {\n\tz = [y | y = x + 1]\n\tx = 1\n}', [2]],
    [
      'mean membership by in',
      'p := [1 in {1}, "k" in {"k": 2}, 2 in {"k": 2}, ("k", 2 in {"k": 2})]',
      [true, false, true, true],
    ],
    ['interpolate strings', 'p := $"{1 + 1} {input.x} {["a"]} \\{x}"', '2 <undefined> ["a"] {x}'],
    ['interpolate raw strings', 'p := $`a\n{"b"}`', 'a\nb'],
    [
      'order values of different types',
      'p := sort([{1}, {"a": 1}, [1], "a", 1, true, null])',
      [null, true, 1, 'a', [1], { a: 1 }, [1]],
    ],
    ['compare sets by value', 'p if {1, {2, 3}} == {{3, 2}, 1}', true],
    ['subtract and unite sets', 'p := [{1, 2} - {2}, {1} | {2}, {1, 2} & {2, 3}]', [[1], [1, 2], [2]]],
    ['read a wildcard as a new variable each time', 'p if [_, _] = [1, 2]', true],
  ])('%s', (_name, source, wanted) => {
    expect(value(source)).toEqual(wanted);
  });

  it('evaluate operands of a negated call before the negation, as OPA does', () => {
    const source = 'f(x) := x\np if not f(input.missing)\nq if not input.missing == 1';
    expect(value(source)).toBeUndefined();
    expect(value(source, 'q')).toBe(true);
  });

  it('negate whole expressions where the module asks for it', () => {
    expect(value('import future.keywords.not\nf(x) := x\np if not f(input.missing)')).toBe(true);
  });
});

describe('with', () => {
  it.each([
    ['replaces the input', 'q := input.x', 'q with input.x as 1', 1],
    [
      'replaces parts of the input, later ones on top',
      'q := input',
      'q with input.a as 1 with input.b.c as 2',
      { a: 1, b: { c: 2 } },
    ],
    ['replaces documents', 'q := data.base.x', 'q with data.base.x as 3', 3],
    ['replaces rules', 'q := 1\nr := q', 'r with q as 2', 2],
    [
      'replaces rules where their package is read',
      'q := 1\nr := data.other',
      'r with data.other as {"q": 2}',
      { q: 2 },
    ],
    ['replaces built-ins by values', 'q := count([1, 2])', 'q with count as 9', 9],
    ['replaces built-ins by functions', 'm(_) := "mock"\nq := upper("a")', 'q with upper as m', 'mock'],
    ['replaces functions by built-ins', 'f(x) := x\nq := f([1, 2])', 'q with f as count', 2],
    ['replaces constants of the policy', 'f(x) := x\nq := f(1)', 'q with f as 2', 2],
    ['lets a replacement call what it replaces', 'm(x) := count(x) + 1', 'count([1]) with count as m', 2],
    ['covers a comprehension', 'q := input.x', '[y | y := q] with input.x as 1', [1]],
  ])('%s', (_name, rules, expression, wanted) => {
    expect(value(`${rules}\np := x if x := ${expression}`)).toEqual(wanted);
  });

  it('ends with its expression', () => {
    expect(
      value('q := input\np := [x, y] if {\n\tx := q with input as 1\n\ty := q with input as 2\n}'),
    ).toEqual([1, 2]);
    expect(value('q := input\np := [x, q] if x := q with input as 1', 'p', { input: 3 })).toEqual([1, 3]);
  });
});

describe('the same policy', () => {
  it('gives each evaluation its own input, data and time', () => {
    const rules = policy('p := [input.x, data.y, time.now_ns()]');
    expect(rules.evaluate('test/p', { input: { x: 1 }, data: { y: 2 }, now: 3 })).toEqual([1, 2, 3_000_000]);
    expect(rules.evaluate('test/p', { input: { x: 4 }, data: { y: 5 }, now: 6n })).toEqual([4, 5, 6]);
  });

  it('does not change what it is given', () => {
    const input = { list: [3, 1, 2], object: { b: 1, a: 2 } };
    const before = structuredClone(input);
    policy('p := sort(input.list)\nq := object.union(input.object, {"c": 3})').evaluate('data.test', {
      input,
    });
    expect(input).toEqual(before);
  });

  it('takes names that JavaScript knows for ordinary keys', () => {
    const source = 'p := [input.constructor, input.__proto__, object.get(input, "toString", "none")]';
    expect(value(source, 'p', { input: {} })).toBeUndefined();
    const input = JSON.parse('{"constructor": 1, "__proto__": 2}') as unknown;
    expect(value(source, 'p', { input })).toEqual([1, 2, 'none']);
  });
});

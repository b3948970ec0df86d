import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { evaluationError, policy } from './support.ts';

const pairs = 'p := count([1 | some _ in numbers.range(1, 100000); some _ in numbers.range(1, 100000)])';

describe('limits', () => {
  it.each([
    ['steps', pairs, { steps: 10_000 }],
    [
      'steps inside a function',
      'f(x) := count([1 | some _ in numbers.range(1, 1000)])\np := [f(x) | some x in numbers.range(1, 1000)]',
      { steps: 10_000 },
    ],
    ['allocations of a built-in', 'p := numbers.range(1, 9000000000000000000)', {}],
    [
      'allocations of text',
      `p := s30 if {\n\ts0 := "0123456789"\n${Array.from({ length: 30 }, (_, i) => `\ts${i + 1} := concat("", [s${i}, s${i}])`).join('\n')}\n}`,
      {},
    ],
    ['allocations of networks', 'p := net.cidr_expand("10.0.0.0/8")', { allocations: 100_000 }],
    [
      'depth of rules',
      `${Array.from({ length: 200 }, (_, i) => `r${i} := r${i + 1}`).join('\n')}\nr200 := 1\np := r0`,
      { depth: 100 },
    ],
  ])('end an evaluation that uses too much: %s', (_name, source, limits) => {
    expect(evaluationError(source, { limits }).code).toBe('eval_limit_error');
  });

  /** `x0`, and forty rules that each hold the one before it twice. */
  const twice = (first: string, again: (x: string) => string, name = 'x'): string =>
    Array.from({ length: 41 }, (_, i) => `${name}${i} := ${i === 0 ? first : again(`${name}${i - 1}`)}`).join(
      '\n',
    );
  const arrays = twice('[1]', (x) => `[${x}, ${x}]`);
  const others = twice('[1]', (x) => `[${x}, ${x}]`, 'y');
  const objects = twice('{"a": 1}', (x) => `{"a": ${x}, "b": ${x}}`);

  it.each([
    ['given as the result', `p := x40\n${arrays}`],
    ['written as JSON', `p := json.marshal(x40)\n${arrays}`],
    ['written as YAML', `p := yaml.marshal(x30)\n${arrays}`],
    ['printed', `p := sprintf("%v", [x40])\n${arrays}`],
    ['in a set', `p := count({x40})\n${arrays}`],
    ['compared', `p if x40 == y40\n${arrays}\n${others}`],
    ['ordered', `p := sort([x40, y40])\n${arrays}\n${others}`],
    ['walked', `p := count([1 | walk(x40)])\n${arrays}`],
    ['merged', `p := object.union(x40, x39)\n${objects}`],
    ['looked for', `p if x40 in [y40]\n${arrays}\n${others}`],
    ['asked for its parts', `p if object.subset({"a": x40}, {"a": y40})\n${arrays}\n${others}`],
  ])('end an evaluation whose small value is endless when %s', (_name, source) => {
    expect(evaluationError(source, { limits: { allocations: 100_000 } }).code).toBe('eval_limit_error');
  });

  it.each([
    [
      'regular expressions',
      `p := count(x40)\n${twice('"aaaaaaaaaa"', (x) => `regex.replace(${x}, "a", "aa")`)}`,
    ],
    [
      'templates',
      'p := strings.render_template("{{range .a}}{{range $.a}}{{range $.a}}x{{end}}{{end}}{{end}}", {"a": numbers.range(1, 200)})',
    ],
    [
      'paths of a graph',
      'g[sprintf("n%d", [i])] := [sprintf("n%d", [i + 1]), sprintf("m%d", [i + 1])] if some i in numbers.range(0, 600)\ng[sprintf("m%d", [i])] := [sprintf("n%d", [i + 1]), sprintf("m%d", [i + 1])] if some i in numbers.range(0, 600)\np := count(graph.reachable_paths(g, {"n0"}))',
    ],
  ])('end an evaluation that grows by %s', (_name, source) => {
    const limits = { allocations: 100_000 };
    expect(evaluationError(source, { limits, strictBuiltinErrors: true }).code).toMatch(
      /^eval_(?:limit|builtin)_error$/,
    );
  });

  it('refuse numbers of very many digits', () => {
    const squares = Array.from({ length: 25 }, (_, i) => `x${i + 1} := x${i} * x${i}`).join('\n');
    expect(policy(`p := x25\nx0 := 123456789\n${squares}`).evaluate('test/p')).toBeUndefined();
    expect(
      policy('p := to_number(input)').evaluate('test/p', { input: '9'.repeat(1_000_000) }),
    ).toBeUndefined();
  });

  it('count what built-ins work on, not only how often they are called', () => {
    const big = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i]));
    const source = 'p := count([1 | some i in numbers.range(1, 10000); object.union(input, {"i": i})])';
    const start = performance.now();
    expect(evaluationError(source, { input: big, limits: { milliseconds: 300 } }).code).toBe(
      'eval_limit_error',
    );
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('end an evaluation when the time is up, by the clock of the caller', () => {
    let now = 0;
    const clock = (): number => {
      now += 10;
      return now;
    };
    expect(evaluationError(pairs, { limits: { milliseconds: 50 }, clock }).detail).toContain('milliseconds');
  });

  it('turn a stack that runs out into an error of the policy', () => {
    const deep = Array.from({ length: 3000 }, (_, i) => `r${i} := r${i + 1}`).join('\n');
    const error = evaluationError(`${deep}\nr3000 := 1\np := r0`, { limits: { depth: 1_000_000 } });
    expect(error.code).toBe('eval_limit_error');
  });

  it('do not touch the next evaluation', () => {
    const rules = policy(`${pairs}\nq := 1`);
    expect(() => rules.evaluate('test/p', { limits: { steps: 1000 } })).toThrow(/steps/);
    expect(rules.evaluate('test/q')).toBe(1);
  });

  it('are linear for regular expressions and globs that would run away elsewhere', () => {
    const start = performance.now();
    const rules = policy(
      'p := regex.match(input.pattern, input.text)\nq := glob.match(input.glob, [], input.text)',
    );
    const text = `${'a'.repeat(5000)}!`;
    expect(rules.evaluate('test/p', { input: { pattern: '^(a+)+$', text } })).toBe(false);
    expect(rules.evaluate('test/p', { input: { pattern: '^(a|a)*(a|aa)*$', text } })).toBe(false);
    expect(rules.evaluate('test/q', { input: { glob: '*a*a*a*a*a*a*b', text } })).toBe(false);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('a decision', () => {
  const rules = policy('p := {"allow": input.n > 1}\nbad := {"allow": "yes"}\nconflict := [1, 2][_]');
  const schema = z.strictObject({ allow: z.boolean() });

  it('is told apart from everything that is none', () => {
    expect(rules.decide('test/p', { n: 2 }, schema)).toEqual({ kind: 'decided', value: { allow: true } });
    expect(rules.decide('test/p', {}, schema)).toEqual({ kind: 'undefined' });
    expect(rules.decide('test/missing', {}, schema)).toEqual({ kind: 'undefined' });
    expect(rules.decide('test/bad', {}, schema).kind).toBe('invalid');
    expect(rules.decide('test/conflict', {}, schema)).toMatchObject({
      kind: 'failed',
      error: { code: 'eval_conflict_error' },
    });
    expect(rules.decide('test/p', { n: () => 1 }, schema).kind).toBe('failed');
  });

  it('refuses an entrypoint that is no path', () => {
    expect(() => rules.evaluate('data.test[x]')).toThrow(/entrypoint/);
  });
});

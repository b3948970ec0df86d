import { describe, expect, it } from 'vitest';
import { increaseOf, increaseWithin } from '../../../core/metrics/increase.ts';
import { labelMatches, promqlSelector } from '../../../core/metrics/match.ts';
import { compileLabelPattern } from '../../../core/metrics/pattern.ts';
import { selects } from '../../../core/metrics/select.ts';
import { formatSelector, parseCounterQuery, parseSelector } from '../../../core/metrics/selector.ts';
import fc from '../../support/fast-check.ts';

describe('matching a label', () => {
  it.each([
    ['503', '5xx', true],
    ['5xx', '5xx', true],
    ['404', '5xx', false],
    ['50', '5xx', false],
    ['5034', '5xx', false],
    [undefined, '5xx', false],
    ['200', '200', true],
    [undefined, '', true],
    ['a.c', 'a.c', true],
    ['abc', 'a.c', false],
  ])('%s against %s: %s', (actual, wanted, expected) => {
    expect(labelMatches(actual, wanted)).toBe(expected);
  });

  it('writes selectors whose values cannot break out', () => {
    expect(promqlSelector('m', { code: '5xx', path: 'a"} or up{x="\\' })).toBe(
      String.raw`m{code=~"5..",path="a\"} or up{x=\"\\"}`,
    );
  });
});

describe('reading a counter out of a query', () => {
  it.each([
    ['http_requests_total', 'http_requests_total'],
    ['sum(m{a="b"})', 'm{a="b"}'],
    ['sum by (code) (rate(m{a=~"x|y"}[5m]))', 'm{a=~"x|y"}'],
    ['sum(increase(m[{{.window}}])) by (code)', 'm'],
    ['(sum(rate(m[{{ .window }}])))', 'm'],
    ["m{a='b',}", 'm{a="b"}'],
    ['{__name__="m",a!="b"}', 'm{a!="b"}'],
    ['sum(rate(m{a=")"}[5m]))', 'm{a=")"}'],
  ])('%s', (query, expected) => {
    const selector = parseCounterQuery(query);
    expect(selector && formatSelector(selector)).toBe(expected);
  });

  it.each([
    'a - b',
    'sum(a) / sum(b)',
    'avg(m)',
    'rate(m[5m]) * 60',
    'sum(rate(m[5m] offset 1h))',
    'm{a=b}',
    'm{a="b"',
    '{a="b"}',
    'histogram_quantile(0.9, m)',
    '1',
    'sum(m) > 3',
  ])('leaves %s to the provider', (query) => {
    expect(parseCounterQuery(query)).toBeNull();
  });

  it('writes what it reads', () => {
    const matcher = fc.record({
      name: fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/),
      op: fc.constantFrom('=', '!=', '=~', '!~' as const),
      value: fc.string({ unit: 'grapheme' }),
    });
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z_:][a-z0-9_:]{0,8}$/),
        fc.array(matcher, { maxLength: 4 }),
        (metric, matchers) => {
          const selector = { metric, matchers: matchers as never };
          expect(parseSelector(formatSelector(selector))).toEqual(selector);
        },
      ),
    );
  });
});

describe('patterns of labels', () => {
  it.each([
    ['5..', '503', true],
    ['5..', '5033', false],
    ['5..|429', '429', true],
    ['(2..|3..)', '302', true],
    ['(2..|3..)', '404', false],
    ['/api/.*', '/api/', true],
    ['/api/.+', '/api/', false],
    ['a?b*c+', 'cc', true],
    ['a?b*c+', 'ab', false],
    ['[0-9]+', '123', true],
    ['[^0-9]', '1', false],
    ['\\d\\.\\w', '1.a', true],
    ['x(?:a|b)y', 'xby', true],
    ['.*a.*a.*', 'bab', false],
    ['^5..$', '500', true],
    ['', '', true],
    ['', 'x', false],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(compileLabelPattern(pattern)?.(text)).toBe(expected);
  });

  it.each(['(a', 'a)', '(a+)+', 'a{2}', '(?i)a', '[a', '\\b', 'a**', '(a(b))', '*a'])(
    'does not pretend to know %s',
    (pattern) => {
      expect(compileLabelPattern(pattern)).toBeNull();
    },
  );

  it('agrees with an anchored regular expression wherever it has an opinion', () => {
    const alphabet = [...'ab.*+?|()[]^-'];
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 6 }),
        (pattern, text) => {
          const compiled = compileLabelPattern(pattern);
          if (compiled === null || /[\^$]/.test(pattern)) return;
          expect(compiled(text)).toBe(new RegExp(`^(?:${pattern})$`).test(text));
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it('stays quick on a pattern made to be slow', () => {
    const matches = compileLabelPattern(`${'a*'.repeat(30)}b`);
    const began = performance.now();
    expect(matches?.('a'.repeat(5_000))).toBe(false);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('selects as Prometheus does: an absent label is empty', () => {
    const test = (text: string, labels: Record<string, string>) => {
      const selector = parseSelector(text);
      return selector && selects(selector)?.(labels);
    };
    expect(test('m{a!=""}', {})).toBe(false);
    expect(test('m{a=""}', {})).toBe(true);
    expect(test('m{a!~"x.*"}', {})).toBe(true);
    expect(test('m{a=~".*"}', {})).toBe(true);
    expect(test('m{a="1",b=~"2|3"}', { a: '1', b: '3' })).toBe(true);
  });
});

describe('the increase of a counter', () => {
  const points = (...values: number[]) => values.map((value, index) => ({ at: index * 10, value }));

  it.each([
    ['grows', [1, 3, 7], 6],
    ['restarts', [10, 12, 3, 5], 7],
    ['restarts twice', [10, 0, 4, 1], 5],
    ['stands still', [4, 4], 0],
    ['has one point', [4], null],
    ['has none', [], null],
    ['breaks', [1, Number.NaN, 3], Number.NaN],
  ])('%s', (_what, values, expected) => {
    expect(increaseOf(points(...values))).toEqual(expected);
  });

  it('begins at the last point before the window', () => {
    expect(increaseWithin(points(0, 10, 20, 30), 15, 30, { bornAtZero: false })).toBe(20);
  });

  it('counts a series born inside the window from zero, when it was', () => {
    const young = [
      { at: 20, value: 5 },
      { at: 30, value: 8 },
    ];
    expect(increaseWithin(young, 10, 30, { bornAtZero: true })).toBe(8);
    expect(increaseWithin(young, 10, 30, { bornAtZero: false })).toBe(3);
    expect(increaseWithin(young, 30, 40, { bornAtZero: false })).toBe(0);
    expect(increaseWithin([], 30, 40, { bornAtZero: true })).toBeNull();
  });

  it('is the sum of the parts, whatever the resets', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 2 }), fc.nat(), (values, cut) => {
        const all = points(...values);
        const middle = all[cut % all.length]?.at ?? 0;
        const end = all.at(-1)?.at ?? 0;
        const part = (from: number, to: number) => increaseWithin(all, from, to, { bornAtZero: false }) ?? 0;
        expect(part(0, middle) + part(middle, end)).toBeCloseTo(increaseOf(all) ?? 0, 6);
      }),
    );
  });
});

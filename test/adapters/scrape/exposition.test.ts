import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { ExpositionError, parseExposition } from '../../../adapters/scrape/exposition.ts';
import fc from '../../support/fast-check.ts';

const values = (text: string, openMetrics = false) =>
  parseExposition(text, { openMetrics }).samples.map(({ name, labels, value }) => [name, labels, value]);

describe('the text format', () => {
  it.each([
    ['a bare sample', 'up 1\n', [['up', {}, 1]]],
    ['no line break at the end', 'up 1', [['up', {}, 1]]],
    ['labels', 'm{a="b",c="d"} 2\n', [['m', { a: 'b', c: 'd' }, 2]]],
    ['a comma after the last label', 'm{a="b",} 2\n', [['m', { a: 'b' }, 2]]],
    ['no labels in braces', 'm{} 2\n', [['m', {}, 2]]],
    ['escapes', String.raw`m{a="x\\y\"z\nw"} 2`, [['m', { a: 'x\\y"z\nw' }, 2]]],
    ['braces and commas in a value', 'm{a="},{"} 2\n', [['m', { a: '},{' }, 2]]],
    ['blanks everywhere', '  m { a = "b" , c = "d" }   2   \n', [['m', { a: 'b', c: 'd' }, 2]]],
    ['exponents', 'm 1.5e+03\n', [['m', {}, 1_500]]],
    ['infinity', 'm +Inf\n', [['m', {}, Number.POSITIVE_INFINITY]]],
    ['minus infinity', 'm -Inf\n', [['m', {}, Number.NEGATIVE_INFINITY]]],
    ['not a number', 'm NaN\n', [['m', {}, Number.NaN]]],
    [
      'Windows line ends',
      'a 1\r\nb 2\r\n',
      [
        ['a', {}, 1],
        ['b', {}, 2],
      ],
    ],
    ['comments', '# HELP m what\n# anything\nm 1\n', [['m', {}, 1]]],
    ['a UTF-8 name in quotes', '{"http.requests",a="b"} 3\n', [['http.requests', { a: 'b' }, 3]]],
    [
      'a label called __proto__',
      'm{__proto__="x"} 1\n',
      [['m', Object.fromEntries([['__proto__', 'x']]), 1]],
    ],
    ['nothing', '', []],
  ])('%s', (_what, text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  it.each([
    ['a page', '<html>\n'],
    ['no value', 'm\n'],
    ['a word for a value', 'm one\n'],
    ['a hexadecimal value', 'm 0x10\n'],
    ['an open string', 'm{a="b} 1\n'],
    ['an unknown escape', 'm{a="\\t"} 1\n'],
    ['a label without quotes', 'm{a=b} 1\n'],
    ['a label twice', 'm{a="1",a="2"} 1\n'],
    ['a series twice', 'm{a="1",b="2"} 1\nm{b="2",a="1"} 2\n'],
    ['a name that begins with a digit', '9m 1\n'],
    ['text after the value', 'm 1 2 3\n'],
    ['an exemplar outside OpenMetrics', 'm 1 # {a="b"} 1\n'],
    ['two labels without a comma', 'm{a="1" b="2"} 1\n'],
  ])('refuses the whole scrape for %s', (_what, text) => {
    expect(() => values(`before 1\n${text}`)).toThrow(ExpositionError);
    expect(() => values(`before 1\n${text}`)).toThrow(/^line \d/);
  });

  it('reads times in ms here and in seconds in OpenMetrics', () => {
    expect(parseExposition('m 1 1700000000123\n').samples[0]?.timestamp).toBe(1_700_000_000_123);
    const open = parseExposition('m_total 1 1700000000.123 # {trace_id="a"} 1\n# EOF\n', {
      openMetrics: true,
    });
    expect(open.samples[0]?.timestamp).toBe(1_700_000_000_123);
  });

  it('calls OpenMetrics without # EOF truncated, and text after it wrong', () => {
    expect(() => values('m_total 1\n', true)).toThrow('# EOF is missing');
    expect(() => values('# EOF\nm_total 1\n', true)).toThrow('text after # EOF');
  });

  it.each([Registry.PROMETHEUS_CONTENT_TYPE, Registry.OPENMETRICS_CONTENT_TYPE])(
    'reads what prom-client writes as %s',
    async (type) => {
      const registry = new Registry();
      registry.setContentType(type as typeof Registry.PROMETHEUS_CONTENT_TYPE);
      const registers = [registry];
      new Counter({ name: 'requests_total', help: 'h', labelNames: ['code'], registers }).inc(
        { code: '5"0\\0\n' },
        3,
      );
      new Gauge({ name: 'depth', help: 'h', registers }).set(-1.5);
      const histogram = new Histogram({ name: 'seconds', help: 'h', buckets: [0.1, 1], registers });
      histogram.observe(0.5);
      new Summary({ name: 'size', help: 'h', registers }).observe(4);
      const { samples, types } = parseExposition(await registry.metrics(), {
        openMetrics: type === Registry.OPENMETRICS_CONTENT_TYPE,
      });
      const found = Object.fromEntries(
        samples.map((sample) => [`${sample.name}|${Object.values(sample.labels)}`, sample.value]),
      );
      expect(found).toMatchObject({
        'requests_total|5"0\\0\n': 3,
        'depth|': -1.5,
        'seconds_bucket|0.1': 0,
        'seconds_bucket|+Inf': 1,
        'size_count|': 1,
      });
      expect(types.get('seconds')).toBe('histogram');
    },
  );

  it('gives back every label value that was escaped', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => !/[\r]$/.test(text)),
        (text) => {
          const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
          expect(values(`m{a="${escaped}"} 1\n`)).toEqual([['m', { a: text }, 1]]);
        },
      ),
    );
  });

  it('either reads any text or says which line is wrong', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'m{}a="b", \\n1.e+#EOF\n\t') }), (text) => {
        try {
          parseExposition(text, { openMetrics: true });
        } catch (error) {
          expect(error).toBeInstanceOf(ExpositionError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

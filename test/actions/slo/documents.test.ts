import { describe, expect, it } from 'vitest';
import { shorthandMs } from '../../../actions/slo/calendar.ts';
import { measureOf, promqlOf } from '../../../actions/slo/documents/measure.ts';
import { problemsOf, readDocuments } from '../../../actions/slo/documents/read.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const hour = 3_600_000;

describe('what a query becomes over an hour', () => {
  it.each([
    [
      'a counter',
      'http_requests_total{code=~"5.."}',
      true,
      'sum(increase(http_requests_total{code=~"5.."}[1h]))',
    ],
    ['a sum of counters', 'sum(m)', true, 'sum(increase(m[1h]))'],
    ['a rate with a fixed range', 'sum by (x) (rate(m[5m]))', true, 'sum(increase(m[1h]))'],
    [
      'a template',
      'sum(rate(a[{{.window}}])) - sum(rate(b[{{.window}}]))',
      true,
      '(sum(rate(a[1h])) - sum(rate(b[1h]))) * 3600',
    ],
    [
      'a template of increases',
      'sum(increase(a[{{.window}}])) or vector(0)',
      true,
      'sum(increase(a[1h])) or vector(0)',
    ],
    [
      'a difference of rates',
      'sum(rate(a[5m])) - sum(rate(b[5m]))',
      true,
      '(sum(rate(a[1h])) - sum(rate(b[1h]))) * 3600',
    ],
    ['a difference of counters', 'a - b', true, 'sum(increase((a - b)[1h:]))'],
    ['a gauge', 'events_last_minute', false, 'sum(sum_over_time((events_last_minute)[1h:]))'],
  ])('%s', (_what, query, counter, expected) => {
    expect(promqlOf(measureOf(query, { counter }), hour, [])).toBe(expected);
  });

  it('is narrowed by the labels of the config, which replace its own', () => {
    const measure = measureOf('m{version="1",code="500"}', { counter: true });
    expect(promqlOf(measure, hour, [{ name: 'version', op: '=', value: '2"' }])).toBe(
      'sum(increase(m{code="500",version="2\\""}[1h]))',
    );
  });
});

describe('reading documents', () => {
  it.each([
    ['1h', hour],
    ['28d', 28 * 24 * hour],
    ['4w', 28 * 24 * hour],
    ['1M', 30 * 24 * hour],
    ['1Q', 90 * 24 * hour],
    ['1Y', 365 * 24 * hour],
  ])('knows how long %s is', (text, ms) => {
    expect(shorthandMs(text)).toBe(ms);
  });

  it('names the line of a mistake', () => {
    const text =
      'version: prometheus/v1\nservice: shop\nslos:\n  - name: a\n    objective: 199\n    sli: {raw: {error_ratio_query: "x[{{.window}}]"}}\n';
    expect(problemsOf(bytes(text), 'slo.yaml')).toEqual([
      expect.objectContaining({ path: 'slo.yaml', line: 5, message: expect.stringContaining('objective') }),
    ]);
  });

  it('reads the Kubernetes resource of Sloth', () => {
    const text = `apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata: {name: shop}
spec:
  service: shop
  slos:
    - name: up
      objective: 99.9
      sli: {events: {errorQuery: 'sum(rate(e[{{.window}}]))', totalQuery: 'sum(rate(t[{{.window}}]))'}}
`;
    const { slos, problems } = readDocuments([{ path: 'a.yaml', bytes: bytes(text) }]);
    expect(problems).toEqual([]);
    expect(slos).toEqual([
      expect.objectContaining({ name: 'shop-up', target: 0.999, origin: { path: 'a.yaml', line: 7 } }),
    ]);
  });

  it('refuses two objectives of one name', () => {
    const one =
      'version: prometheus/v1\nservice: shop\nslos: [{name: a, objective: 99, sli: {raw: {error_ratio_query: "x[{{.window}}]"}}}]\n';
    const { slos, problems } = readDocuments([1, 2].map((n) => ({ path: `${n}.yaml`, bytes: bytes(one) })));
    expect(slos).toHaveLength(1);
    expect(problems).toEqual([
      expect.objectContaining({ path: '2.yaml', message: 'a second SLO named shop-a' }),
    ]);
  });

  it('has a third budgeting method, target per cent and several objectives', () => {
    const text = `apiVersion: openslo/v1
kind: SLO
metadata: {name: shop}
spec:
  service: shop
  budgetingMethod: RatioTimeslices
  timeWindow: [{duration: 1M, calendar: {startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin}, isRolling: false}]
  indicator:
    metadata: {name: i}
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {spec: {query: good_total}}}
        total: {metricSource: {spec: {query: all_total}}}
  objectives:
    - {targetPercent: 99.95, timeSliceWindow: 5m}
    - {target: 0.9, timeSliceWindow: 1}
`;
    const { slos, problems } = readDocuments([{ path: 'a.yaml', bytes: bytes(text) }]);
    expect(problems).toEqual([]);
    expect(slos.map(({ name, target }) => [name, target])).toEqual([
      ['shop/1', 0.9995],
      ['shop/2', 0.9],
    ]);
    expect(slos[0]?.sli).toEqual({
      kind: 'error-ratio',
      text: '1 - avg_over_time((((sum(increase(good_total[5m]))) / (sum(increase(all_total[5m])))) > -Inf)[{{.window}}:5m])',
      leastMs: 300_000,
    });
    expect(slos[0]).toMatchObject({
      notes: [],
      calendar: { start: '2026-01-01 00:00:00', timeZone: 'Europe/Berlin', count: 1, unit: 'M' },
    });
  });

  it.each([
    [
      'a bomb of aliases',
      `a: &a [x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`)
        .join('\n')}\n`,
    ],
    ['a hundred levels', '['.repeat(100) + ']'.repeat(100)],
    ['a megabyte', `a: ${'x'.repeat(1_100_000)}`],
    ['a thousand documents', '---\na: 1\n'.repeat(1_000)],
    ['nothing', ''],
    ['a comment', '# nothing\n'],
  ])('refuses %s without choking', (_what, text) => {
    const began = performance.now();
    expect(problemsOf(bytes(text), 'x.yaml').length).toBeGreaterThan(0);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

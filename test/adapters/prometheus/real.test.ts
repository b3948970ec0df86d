import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeMetrics } from '../../../actions/metrics.ts';
import { collectSlo } from '../../../actions/slo/collect.ts';
import { evaluateSlo } from '../../../actions/slo/evaluate.ts';
import { sloOptionsSchema } from '../../../actions/slo/options.ts';
import { prometheusSource } from '../../../adapters/prometheus/index.ts';
import { scrapeSource } from '../../../adapters/scrape/index.ts';
import { silentLog } from '../../../core/ports/system.ts';
import { type ExpositionServer, startExposition } from '../../support/exposition-server.ts';
import { hasPrometheus, type RunningPrometheus, startPrometheus } from '../../support/prometheus.ts';

const odd = String.raw`a"b\c`;
const exposition = (ok: number, failed: number): string => `# TYPE http_requests_total counter
http_requests_total{code="200",version="v1"} ${ok}
http_requests_total{code="500",version="v1"} ${failed}
http_requests_total{code="503",version="v2"} 2
http_requests_total{code="5xx",version="v3"} 3
# TYPE odd gauge
odd{path="a\\"b\\\\c"} 1
odd{path="plain"} 2
# TYPE broken gauge
broken{why="nan"} NaN
broken{why="inf"} +Inf
`;

describe.runIf(hasPrometheus())('a real Prometheus', () => {
  let service: ExpositionServer;
  let prometheus: RunningPrometheus;
  const clock = { now: () => Date.now() };

  beforeAll(async () => {
    service = await startExposition(exposition(1_000, 1));
    prometheus = await startPrometheus([service.host]);
    await prometheus.untilSeries('count_over_time(http_requests_total[1m]) >= 2');
  });

  afterAll(async () => {
    await prometheus?.close();
    await service?.close();
  });

  const source = () => prometheusSource({ url: prometheus.url, fetch });

  it('reads the current value of every series with a name', async () => {
    const series = await source().read('http_requests_total', {});
    expect(series.map(({ labels, points }) => [labels.code, points[0]?.value]).sort()).toEqual([
      ['200', 1_000],
      ['500', 1],
      ['503', 2],
      ['5xx', 3],
    ]);
  });

  it('gives each point the time of its sample', async () => {
    const [series] = await source().read('http_requests_total', { code: '200' });
    const [sampled] =
      (await source().query?.('timestamp(http_requests_total{code="200"})', Date.now())) ?? [];
    const age = Date.now() - (series?.points[0]?.at ?? 0);
    expect(age).toBeLessThan(10_000);
    expect(sampled).toBeDefined();
  });

  it('agrees with a direct scrape about what 5xx and escaped labels match', async () => {
    const direct = scrapeSource({ url: service.url, fetch, clock });
    for (const [metric, match] of [
      ['http_requests_total', { code: '5xx' }],
      ['http_requests_total', { code: '5xx', version: 'v2' }],
      ['http_requests_total', { code: '2xx' }],
      ['http_requests_total', { nothing: '' }],
      ['odd', { path: odd }],
    ] as const) {
      const values = (series: Awaited<ReturnType<typeof direct.read>>) =>
        series.map(({ points }) => points[0]?.value ?? 0).sort((a, b) => a - b);
      expect(values(await source().read(metric, match))).toEqual(values(await direct.read(metric, match)));
    }
    expect((await direct.read('http_requests_total', { code: '5xx' })).length).toBe(3);
  });

  it('keeps NaN and infinity', async () => {
    const series = await source().read('broken', {});
    const values = Object.fromEntries(series.map(({ labels, points }) => [labels.why, points[0]?.value]));
    expect(values).toEqual({ nan: Number.NaN, inf: Number.POSITIVE_INFINITY });
  });

  it('says nothing, not zero, of a metric that is not there', async () => {
    expect(await source().read('absent_total', {})).toEqual([]);
  });

  it('reads a range with one point a step', async () => {
    const to = Date.now();
    const [series] = await source().range(
      'http_requests_total',
      { code: '200' },
      { from: to - 2_000, to, step: 1_000 },
    );
    expect(series?.points.length).toBeGreaterThan(0);
    expect(series?.points.every(({ value }) => value === 1_000)).toBe(true);
  });

  it('calls an expression that Prometheus refuses a mistake in the config', async () => {
    await expect(source().query?.('sum(', Date.now())).rejects.toMatchObject({ code: 'PROMETHEUS_QUERY' });
  });

  it('judges an OpenSLO and a Sloth document over several windows', async () => {
    service.text = exposition(2_000, 1);
    await prometheus.untilSeries('http_requests_total{code="200"} == 2000');
    const documents = {
      'slo.yaml': openSlo,
      'slo/sloth.yaml': sloth,
    };
    const options = sloOptionsSchema.parse({ source: { kind: 'prometheus', url: prometheus.url } });
    const facts = await collectSlo(options, {
      files: {
        list: async () => Object.keys(documents),
        read: async (path) => {
          const text = (documents as Record<string, string>)[path];
          return text === undefined ? null : new TextEncoder().encode(text);
        },
      },
      fetch,
      metrics: nodeMetrics(fetch),
      clock,
      log: silentLog,
    });
    const evaluation = evaluateSlo(options, facts);
    expect(evaluation.findings.filter(({ level }) => level === 'error')).toEqual([]);
    expect(evaluation.verdict).toBe('pass');
    const { objectives } = evaluation.measurements as {
      objectives: { name: string; burn: Record<string, number> }[];
    };
    expect(objectives.map(({ name }) => name)).toEqual(['shop-availability', 'shop-difference', 'shop']);
    expect(objectives.every(({ burn }) => burn['1h'] === 0)).toBe(true);
  });

  it('sees a burning service', async () => {
    service.text = exposition(2_500, 501);
    await prometheus.untilSeries('http_requests_total{code="500"} == 501');
    const options = sloOptionsSchema.parse({
      source: { kind: 'prometheus', url: prometheus.url },
      objectives: [{ name: 'shop', target: 0.999, match: { version: 'v1' } }],
    });
    const io = {
      files: { list: async () => [], read: async () => null },
      fetch,
      metrics: nodeMetrics(fetch),
      clock,
      log: silentLog,
    };
    const evaluation = evaluateSlo(options, await collectSlo(options, io));
    expect(evaluation.verdict).toBe('fail');
    expect(evaluation.findings.map(({ code }) => code)).toContain('burn-rate-page');
  });
});

const openSlo = `
apiVersion: openslo/v1
kind: SLO
metadata: {name: shop}
spec:
  service: shop
  budgetingMethod: Occurrences
  timeWindow: [{duration: 28d, isRolling: true}]
  indicator:
    metadata: {name: errors}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'http_requests_total{code=~"5..",version="v1"}'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'http_requests_total{version="v1"}'}}}
  objectives: [{target: 0.99}]
`;

const sloth = `
version: prometheus/v1
service: shop
slos:
  - name: availability
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(http_requests_total{code=~"(500|504)"}[{{.window}}]))
        total_query: sum(rate(http_requests_total{code="200"}[{{.window}}]))
    alerting: {name: A}
  - name: difference
    objective: 99.9
    sli:
      events:
        error_query: |
          (sum(rate(http_requests_total{code="200"}[{{.window}}])) - sum(rate(http_requests_total{code=~"2.."}[{{.window}}])))
        total_query: sum(rate(http_requests_total{code="200"}[{{.window}}]))
    alerting: {name: B}
`;

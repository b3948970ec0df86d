import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeMetrics } from '../../../actions/metrics.ts';
import { collectSlo } from '../../../actions/slo/collect.ts';
import { evaluateSlo } from '../../../actions/slo/evaluate.ts';
import { sloOptionsSchema } from '../../../actions/slo/options.ts';
import { silentLog } from '../../../core/ports/system.ts';
import { hasPrometheus, type RunningPrometheus, startPrometheus } from '../../support/prometheus.ts';

const minute = 60_000;
const days = 3;

/** Ten requests a second for three days. `failing(age)` is the share that fails, `age` in minutes before `now`. */
function history(now: number, failing: (age: number) => number): string {
  const lines = ['# TYPE http_requests counter', '# TYPE latency_seconds gauge'];
  const good: string[] = [];
  const bad: string[] = [];
  const latency: string[] = [];
  let ok = 0;
  let failed = 0;
  for (let age = days * 1_440; age >= 0; age -= 1) {
    const at = (now - age * minute) / 1_000;
    // The process restarts a day ago: its counters begin again.
    if (age === 1_440) [ok, failed] = [0, 0];
    failed += 600 * failing(age);
    ok += 600 * (1 - failing(age));
    good.push(`http_requests_total{code="200"} ${ok} ${at}`);
    bad.push(`http_requests_total{code="500"} ${failed} ${at}`);
    latency.push(`latency_seconds ${age < 180 ? 0.9 : 0.1} ${at}`);
  }
  return [lines[0], ...good, ...bad, lines[1], ...latency, '# EOF', ''].join('\n');
}

describe.runIf(hasPrometheus())('burn rates over the history of a real Prometheus', () => {
  let prometheus: RunningPrometheus;
  const now = Math.floor(Date.now() / minute) * minute - 5 * minute;

  beforeAll(async () => {
    // 2 % fail in the last hour, 0.05 % before.
    prometheus = await startPrometheus(
      [],
      history(now, (age) => (age < 60 ? 0.02 : 0.0005)),
    );
  });
  afterAll(() => prometheus?.close());

  const judge = async (options: Record<string, unknown>, document?: string, at = now) => {
    const parsed = sloOptionsSchema.parse({
      source: { kind: 'prometheus', url: prometheus.url },
      ...options,
    });
    const facts = await collectSlo(parsed, {
      files: {
        list: async () => (document === undefined ? [] : ['slo.yaml']),
        read: async (path) =>
          path === 'slo.yaml' && document !== undefined ? new TextEncoder().encode(document) : null,
      },
      fetch,
      metrics: nodeMetrics(fetch),
      clock: { now: () => at },
      log: silentLog,
    });
    const evaluation = evaluateSlo(parsed, facts);
    const [objective] = evaluation.measurements.objectives as {
      burn: Record<string, number>;
      budget_left: number;
      rules: { windows: string; state: string; factor: number }[];
    }[];
    return { evaluation, objective };
  };

  it('counts the budget of a calendar day from its beginning', async () => {
    const began = new Date(now - 30 * minute).toISOString().slice(0, 19).replace('T', ' ');
    const { objective } = await judge(
      {},
      `apiVersion: openslo/v1
kind: SLO
metadata: {name: shop}
spec:
  service: shop
  budgetingMethod: Occurrences
  timeWindow: [{duration: 1d, isRolling: false, calendar: {startTime: ${began}, timeZone: UTC}}]
  indicator:
    metadata: {name: errors}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'sum(http_requests_total{code="500"})'}}}
        total: {metricSource: {type: Prometheus, spec: {query: sum(http_requests_total)}}}
  objectives: [{target: 0.999}]
`,
    );
    // Twenty times the ratio for half an hour of twenty-four.
    expect(objective?.budget_left).toBeCloseTo(1 - (20 * 0.5) / 24, 2);
  });

  it('weighs events, handles the restart, and pages on the fast rule only', async () => {
    const { evaluation, objective } = await judge({
      objectives: [{ name: 'shop', target: 0.999, period: '7d' }],
    });
    expect(objective?.burn['1h']).toBeCloseTo(20, 0);
    expect(objective?.burn['5m']).toBeCloseTo(20, 0);
    expect(objective?.burn['6h']).toBeCloseTo((20 + 5 * 0.5) / 6, 1);
    expect(objective?.burn['3d']).toBeCloseTo((20 + 71 * 0.5) / 72, 1);
    expect(objective?.rules.find(({ windows }) => windows === '1h/5m')).toMatchObject({
      state: 'fires',
      factor: 3.36,
    });
    expect(evaluation.verdict).toBe('fail');
  });

  it('does not look back before the deployment under test', async () => {
    const since = new Date(now - 10 * minute).toISOString();
    const { objective } = await judge({ since, objectives: [{ name: 'shop', target: 0.95, period: '7d' }] });
    expect(objective?.burn['7d']).toBeCloseTo(0.4, 1);
    expect(objective?.budget_left).toBeCloseTo(0.6, 1);
  });

  it('calls samples stale that stopped coming', async () => {
    const objectives = [{ name: 'shop', target: 0.95 }];
    const { evaluation } = await judge({ objectives }, undefined, now + 20 * minute);
    expect(evaluation.findings.map(({ code }) => code)).toEqual(['stale-data']);
    expect(evaluation.verdict).toBe('inconclusive');
    expect((await judge({ objectives }, undefined, now + 5 * minute)).evaluation.verdict).toBe('pass');
  });

  it('judges time slices of a threshold metric', async () => {
    const { evaluation, objective } = await judge({}, timeslices);
    expect(objective?.burn['1h']).toBeCloseTo(1 / 0.1, 1);
    expect(objective?.burn['6h']).toBeCloseTo(0.5 / 0.1, 0);
    expect(evaluation.verdict).toBe('fail');
  });

  it('judges a computed ratio without counts', async () => {
    const { evaluation } = await judge({}, raw);
    expect(evaluation.findings.map(({ code }) => code)).toContain('ratio-not-counted');
    expect(evaluation.verdict).toBe('fail');
  });

  it('finds a refused query in the document, at its line', async () => {
    const { evaluation } = await judge(
      {},
      raw.replace('http_requests_total{code="500"}', 'http_requests_total{'),
    );
    expect(evaluation.verdict).toBe('inconclusive');
    expect(evaluation.findings).toContainEqual(
      expect.objectContaining({ code: 'query-rejected', path: 'slo.yaml', line: 5 }),
    );
  });
});

const timeslices = `
apiVersion: openslo/v1
kind: SLO
metadata: {name: shop-fast}
spec:
  service: shop
  budgetingMethod: Timeslices
  timeWindow: [{duration: 7d, isRolling: true}]
  indicator:
    metadata: {name: fast}
    spec:
      thresholdMetric: {metricSource: {type: Prometheus, spec: {query: latency_seconds}}}
  objectives: [{op: lte, value: 0.5, target: 0.9, timeSliceTarget: 0.9, timeSliceWindow: 1m}]
`;

const raw = `
version: prometheus/v1
service: shop
slos:
  - name: ratio
    objective: 99.9
    sli:
      raw:
        error_ratio_query: sum(rate(http_requests_total{code="500"}[{{.window}}])) / sum(rate(http_requests_total[{{.window}}]))
    alerting: {name: A}
`;

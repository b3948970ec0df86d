import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeMetrics } from '../../../actions/metrics.ts';
import { collectSlo } from '../../../actions/slo/collect.ts';
import { evaluateSlo } from '../../../actions/slo/evaluate.ts';
import { sloOptionsSchema } from '../../../actions/slo/options.ts';
import { silentLog } from '../../../core/ports/system.ts';
import { hasPrometheus, type RunningPrometheus, startPrometheus } from '../../support/prometheus.ts';

const minute = 60_000;
const hour = 60 * minute;

/** A series of one value a minute over the last `from` … `to` minutes; null: no sample in that minute. */
interface Told {
  readonly type: 'counter' | 'gauge';
  readonly series: string;
  readonly from: number;
  readonly to?: number;
  readonly value: (sinceStart: number, age: number) => number | null;
}

/** What happened in the last day. Each family is one trap. */
const told: readonly Told[] = [
  // The old version fails one in twenty all along; the new one began 20 minutes ago with a burst of failures.
  ...['200', '500'].map((code): Told => {
    const rate = code === '500' ? 30 : 570;
    return {
      type: 'counter',
      series: `req_total{version="1.1.0",code="${code}"}`,
      from: 1_440,
      value: (n) => n * rate,
    };
  }),
  { type: 'counter', series: 'req_total{version="1.2.0",code="200"}', from: 20, value: (n) => 600 + n * 600 },
  { type: 'counter', series: 'req_total{version="1.2.0",code="500"}', from: 20, value: () => 400 },
  // Whoever counts failed jobs died three hours ago.
  { type: 'counter', series: 'jobs_total', from: 1_440, value: (n) => n * 100 },
  { type: 'counter', series: 'job_failures_total', from: 1_440, to: 180, value: (n) => n * 0.01 },
  // A busy instance without failures, and an idle one that always fails.
  { type: 'counter', series: 'api_total{instance="a",code="200"}', from: 1_440, value: (n) => n * 1_000 },
  { type: 'counter', series: 'api_total{instance="b",code="500"}', from: 1_440, value: (n) => n * 0.5 },
  // Traffic in every second hour only, all of it good.
  ...['200', '500'].map(
    (code): Told => ({
      type: 'counter',
      series: `nightly_total{code="${code}"}`,
      from: 1_440,
      value: (n) => (code === '500' ? 0 : 100 * (Math.floor(n / 120) * 60 + Math.min(n % 120, 60))),
    }),
  ),
  // One failure among three requests of the last hour.
  { type: 'counter', series: 'rare_total{code="200"}', from: 1_440, value: (n) => Math.floor(n / 30) },
  { type: 'counter', series: 'rare_total{code="500"}', from: 1_440, value: (_, age) => (age < 30 ? 1 : 0) },
  // A ratio that somebody computes, and that is 0 ÷ 0 now and then.
  { type: 'gauge', series: 'error_ratio', from: 1_440, value: (n) => (n % 7 === 0 ? Number.NaN : 0.0001) },
  // Nothing happens at all.
  { type: 'counter', series: 'silent_total{code="200"}', from: 1_440, value: () => 12 },
];

function history(now: number): string {
  const lines = told.flatMap(({ type, series, from, to = 0, value }) => {
    const samples: string[] = [];
    for (let age = from; age >= to; age -= 1) {
      const sample = value(from - age, age);
      if (sample !== null) samples.push(`${series} ${sample} ${(now - age * minute) / 1_000}`);
    }
    const family = (/^\w+/.exec(series)?.[0] ?? '').replace(/_total$/, '');
    return [{ family: `# TYPE ${family} ${type}`, samples }];
  });
  const families = Map.groupBy(lines, ({ family }) => family);
  const text = [...families].flatMap(([family, parts]) => [
    family,
    ...parts.flatMap(({ samples }) => samples),
  ]);
  return [...text, '# EOF', ''].join('\n');
}

describe.runIf(hasPrometheus())('what a real Prometheus can mislead about', () => {
  let prometheus: RunningPrometheus;
  const now = Math.floor(Date.now() / minute) * minute - 5 * minute;

  beforeAll(async () => {
    prometheus = await startPrometheus([], history(now));
  });
  afterAll(() => prometheus?.close());

  const judge = async (
    options: Record<string, unknown>,
    { document, ref = '' }: { readonly document?: string; readonly ref?: string } = {},
  ) => {
    const source = { kind: 'prometheus', url: prometheus.url };
    const parsed = sloOptionsSchema.parse({ source, ...options });
    const facts = await collectSlo(
      parsed,
      {
        files: {
          list: async () => (document === undefined ? [] : ['slo.yaml']),
          read: async (path) =>
            path === 'slo.yaml' && document !== undefined ? new TextEncoder().encode(document) : null,
        },
        fetch,
        metrics: nodeMetrics(fetch),
        clock: { now: () => now },
        log: silentLog,
      },
      ref,
    );
    const { verdict, findings, measurements } = evaluateSlo(parsed, facts);
    const [objective] = measurements.objectives as { burn: Record<string, number>; budget_left: number }[];
    const codes = findings.filter(({ level }) => level !== 'notice').map(({ code }) => code);
    return { verdict, codes: [...new Set(codes)], findings, objective };
  };

  const ofVersion = (ref: string) =>
    judge(
      {
        objectives: [{ name: 'shop', target: 0.99, period: '7d', total: 'req_total' }],
        version_label: 'version',
        since: new Date(now - 20 * minute - 30_000).toISOString(),
      },
      { ref },
    );

  it('counts the failures that a new version already had when it was first seen', async () => {
    const { verdict, objective } = await ofVersion('refs/tags/v1.2.0');
    // 400 of about 13,000 (what is extrapolated differs), against a budget of 1 %.
    expect(objective?.burn['7d']).toBeCloseTo(3, 0);
    expect(verdict).toBe('fail');
  });

  it.each(['refs/tags/v1.2.0', 'refs/tags/1.2.0', 'refs/tags/shop/v1.2.0', 'refs/tags/shop@1.2.0'])(
    'finds the version of %s',
    async (ref) => {
      expect((await ofVersion(ref)).objective?.burn['7d']).toBeCloseTo(3, 0);
    },
  );

  it('does not count what an old process showed when the deployment began', async () => {
    const { objective } = await ofVersion('refs/tags/v1.1.0');
    expect(objective?.burn['7d']).toBeCloseTo(5, 1);
  });

  it('tells a version that nobody measures from a healthy one', async () => {
    expect(await ofVersion('refs/tags/v1.3.0')).toMatchObject({
      verdict: 'inconclusive',
      codes: ['no-data'],
    });
  });

  it('does not take the silence of a dead counter for health', async () => {
    const document = `
version: prometheus/v1
service: jobs
slos:
  - name: done
    objective: 99
    sli:
      events:
        error_query: sum(rate(job_failures_total[{{.window}}]))
        total_query: sum(rate(jobs_total[{{.window}}]))
`;
    const { verdict, findings } = await judge({}, { document });
    expect(verdict).toBe('inconclusive');
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'no-data',
        message: expect.stringContaining('no series for job_failures_total in the last hour'),
      }),
    );
  });

  it('weighs instances by their events', async () => {
    const { objective, verdict } = await judge({
      objectives: [{ name: 'api', target: 0.99, period: '7d', total: 'api_total' }],
    });
    expect(objective?.burn['1h']).toBeCloseTo(0.05, 2);
    expect(verdict).toBe('pass');
  });

  it('has no bad slice of time in which nothing happened', async () => {
    const document = `
apiVersion: openslo/v1
kind: SLO
metadata: {name: nightly}
spec:
  service: nightly
  budgetingMethod: Timeslices
  timeWindow: [{duration: 7d, isRolling: true}]
  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'sum(nightly_total{code="500"})'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'sum(nightly_total)'}}}
  objectives: [{target: 0.99, timeSliceTarget: 0.9, timeSliceWindow: 10m}]
`;
    const { objective } = await judge({}, { document });
    expect(objective?.burn['1d']).toBe(0);
    expect(objective?.budget_left).toBe(1);
  });

  it('does not page for one failure at low traffic, nor pass for it', async () => {
    const { verdict, codes } = await judge({
      objectives: [{ name: 'rare', target: 0.999, period: '7d', total: 'rare_total' }],
    });
    expect(verdict).toBe('inconclusive');
    expect(codes).not.toContain('burn-rate-page');
  });

  it('takes NaN for no number', async () => {
    const document =
      '{version: prometheus/v1, service: s, slos: [{name: r, objective: 99, sli: {raw: {error_ratio_query: "avg_over_time(error_ratio[{{.window}}])"}}}]}';
    expect(await judge({}, { document })).toMatchObject({ verdict: 'inconclusive', codes: ['not-a-number'] });
  });

  it('takes silence for no health', async () => {
    const objectives = [{ name: 'silent', target: 0.99, total: 'silent_total' }];
    expect(await judge({ objectives })).toMatchObject({ verdict: 'inconclusive', codes: ['no-traffic'] });
  });

  it('judges a period of an hour by its budget alone', async () => {
    const objectives = [{ name: 'api', target: 0.99, period: '1h', total: 'api_total' }];
    expect(await judge({ objectives })).toMatchObject({ verdict: 'pass', codes: [] });
    const strict = [{ name: 'api', target: 0.9999, period: hour, total: 'api_total' }];
    expect(await judge({ objectives: strict })).toMatchObject({
      verdict: 'fail',
      codes: ['budget-exhausted'],
    });
  });
});

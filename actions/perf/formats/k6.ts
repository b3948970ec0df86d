import { FormatError, type LoadFacts, type Metric, type PerfRun, type Threshold } from '../model.ts';
import { type Format, isRecord, numberAt } from './format.ts';

/** One metric of either form: its numbers, and per threshold whether k6 called it breached. */
interface K6Metric {
  readonly values: Readonly<Record<string, unknown>>;
  readonly breached: Readonly<Record<string, boolean>>;
  /** False when k6 says that the numbers are no times; `--summary-export` does not say. */
  readonly isTime: boolean;
}

/** `handleSummary(data)`: numbers under `values`, thresholds as `{ok: true}`. */
export const k6Summary: Format = {
  name: 'k6-summary',
  recognizes: ({ json }) => metricsOf(json).some(([, metric]) => isRecord(metric.values) && 'type' in metric),
  parse: ({ json }) =>
    toRun(readMetrics(json, readSummaryMetric), numberAt(at(json, 'state'), 'testRunDurationMs')),
};

/**
 * `--new-machine-readable-summary` (k6 ≥ 1.5), as `--summary-export` or `handleSummary`: a list of metrics. It says nothing
 * of thresholds.
 */
export const k6MachineReadable: Format = {
  name: 'k6-machine-readable',
  recognizes: ({ json }) => Array.isArray(at(at(json, 'results'), 'metrics')) && isRecord(at(json, 'config')),
  parse(input) {
    const seconds = numberAt(at(input.json, 'config'), 'duration');
    const list = at(at(input.json, 'results'), 'metrics');
    const metrics = (Array.isArray(list) ? list : []).flatMap((metric): [string, K6Metric][] => {
      const name = at(metric, 'name');
      return typeof name === 'string' ? [[name, readListedMetric(metric, seconds)]] : [];
    });
    return toRun(new Map(metrics), seconds === null ? null : seconds * 1_000);
  },
};

/** `--summary-export`: numbers beside `thresholds`, whose booleans are inverted (true = breached, k6#1579). */
export const k6Export: Format = {
  name: 'k6-export',
  recognizes: ({ json }) =>
    isRecord(at(json, 'root_group')) && metricsOf(json).some(([, metric]) => !('values' in metric)),
  parse: ({ json }) => toRun(readMetrics(json, readExportMetric), null),
};

function readSummaryMetric(metric: Readonly<Record<string, unknown>>): K6Metric {
  const thresholds = isRecord(metric.thresholds) ? Object.entries(metric.thresholds) : [];
  return {
    values: isRecord(metric.values) ? metric.values : {},
    // Anything but a clear ok is breached.
    breached: Object.fromEntries(thresholds.map(([text, one]) => [text, at(one, 'ok') !== true])),
    isTime: metric.contains !== 'default' && metric.contains !== 'data',
  };
}

/** A rate is told as matches of all, a counter without its rate. */
function readListedMetric(metric: unknown, seconds: number | null): K6Metric {
  const found = at(metric, 'values');
  const values = isRecord(found) ? found : {};
  const [matches, total, count] = [
    numberAt(values, 'matches'),
    numberAt(values, 'total'),
    numberAt(values, 'count'),
  ];
  const isTime = at(metric, 'contains') === 'time';
  if (matches !== null && total !== null) {
    return { values: { rate: values.rate, passes: matches, fails: total - matches }, breached: {}, isTime };
  }
  const rate = count === null || seconds === null || seconds <= 0 ? {} : { rate: count / seconds };
  return { values: { ...values, ...rate }, breached: {}, isTime };
}

function readExportMetric(metric: Readonly<Record<string, unknown>>): K6Metric {
  const { thresholds, ...values } = metric;
  const entries = isRecord(thresholds) ? Object.entries(thresholds) : [];
  const breached = Object.fromEntries(entries.map(([text, flag]) => [text, flag !== false]));
  return { values, breached, isTime: true };
}

function readMetrics(
  json: unknown,
  read: (metric: Readonly<Record<string, unknown>>) => K6Metric,
): ReadonlyMap<string, K6Metric> {
  return new Map(metricsOf(json).map(([name, metric]) => [name, read(metric)]));
}

function toRun(metrics: ReadonlyMap<string, K6Metric>, testRunMs: number | null): Omit<PerfRun, 'path'> {
  if (metrics.size === 0) throw new FormatError('the k6 summary has no metrics');
  const thresholds: Threshold[] = [...metrics].flatMap(([name, metric]) =>
    Object.entries(metric.breached).map(([expression, breached]) => ({
      metric: name,
      expression,
      state: isEmpty(metric.values) ? 'empty' : breached ? 'breached' : 'ok',
    })),
  );
  return { tool: 'k6', load: loadOf(metrics, testRunMs), metrics: numbersOf(metrics), thresholds };
}

/** k6 writes zeros for a metric that never got a sample, and calls thresholds over it fulfilled. */
function isEmpty(values: Readonly<Record<string, unknown>>): boolean {
  const count = numberAt(values, 'count');
  if (count !== null) return count === 0;
  const passes = numberAt(values, 'passes');
  if (passes !== null) return passes + (numberAt(values, 'fails') ?? 0) === 0;
  const numbers = Object.values(values).filter((value) => typeof value === 'number');
  return numbers.length === 0 || numbers.every((value) => value === 0);
}

function loadOf(metrics: ReadonlyMap<string, K6Metric>, testRunMs: number | null): LoadFacts | null {
  const requests = metrics.get('http_reqs')?.values;
  const iterations = metrics.get('iterations')?.values;
  const failed = metrics.get('http_req_failed')?.values;
  if (requests === undefined && iterations === undefined) return null;
  const count = numberAt(requests, 'count') ?? numberAt(iterations, 'count');
  const rate = numberAt(requests, 'rate') ?? numberAt(iterations, 'rate');
  const dropped = numberAt(metrics.get('dropped_iterations')?.values, 'count') ?? 0;
  return {
    requests: count,
    durationMs: testRunMs ?? (count !== null && rate !== null && rate > 0 ? (1_000 * count) / rate : null),
    // `passes` of this rate counts the values that are true, and true means failed.
    failures: numberAt(failed, 'passes') ?? scaled(failed, count),
    statuses: null,
    dropped,
    iterations: numberAt(iterations, 'count'),
    generatorExhausted: dropped > 0 && allUsersBusy(metrics),
    ...checksOf(metrics.get('checks')),
  };
}

/** Here a pass is a pass. A threshold on `checks` is the script's own word on how many may fail. */
function checksOf(metric: K6Metric | undefined): Pick<LoadFacts, 'checks'> {
  const [passes, failed] = [numberAt(metric?.values, 'passes'), numberAt(metric?.values, 'fails')];
  if (metric === undefined || passes === null || failed === null) return {};
  return Object.keys(metric.breached).length > 0 ? {} : { checks: { made: passes + failed, failed } };
}

function scaled(failed: unknown, count: number | null): number | null {
  const share = numberAt(failed, 'rate') ?? numberAt(failed, 'value');
  return share === null || count === null ? null : share * count;
}

function allUsersBusy(metrics: ReadonlyMap<string, K6Metric>): boolean {
  const busy = numberAt(metrics.get('vus')?.values, 'max');
  const most = numberAt(metrics.get('vus_max')?.values, 'max');
  return busy !== null && most !== null && busy >= most;
}

/** `http_req_duration` is `latency`; every other trend keeps its own name. */
function numbersOf(metrics: ReadonlyMap<string, K6Metric>): Record<string, Metric> {
  const numbers: Record<string, Metric> = {};
  for (const [name, { values, isTime }] of metrics) {
    if (isEmpty(values)) continue;
    if (numberAt(values, 'med') !== null || numberAt(values, 'avg') !== null) {
      const shown = name.replace(/^http_req_duration(?=$|\{)/, 'latency');
      for (const [stat, value] of Object.entries(values)) {
        if (typeof value === 'number')
          numbers[`${shown}.${statName(stat)}`] = { value, unit: isTime ? 'ms' : '', better: 'lower' };
      }
    }
  }
  const rate = numberAt(metrics.get('http_reqs')?.values, 'rate');
  if (rate !== null) numbers.throughput = { value: rate, unit: 'req/s', better: 'higher' };
  const failed = metrics.get('http_req_failed')?.values;
  const share = numberAt(failed, 'rate') ?? numberAt(failed, 'value');
  if (share !== null) numbers.error_rate = { value: share, unit: 'ratio', better: 'lower' };
  return numbers;
}

/** `p(95)` → `p95`, `p(99.9)` → `p99_9`, `med` → `p50`. */
function statName(stat: string): string {
  if (stat === 'med') return 'p50';
  const quantile = /^p\(([0-9.]+)\)$/.exec(stat)?.[1];
  return quantile === undefined ? stat : `p${quantile.replace('.', '_')}`;
}

function metricsOf(json: unknown): [string, Readonly<Record<string, unknown>>][] {
  const metrics = at(json, 'metrics');
  if (!isRecord(metrics)) return [];
  return Object.entries(metrics).flatMap(([name, metric]) => (isRecord(metric) ? [[name, metric]] : []));
}

function at(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

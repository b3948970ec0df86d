import { quantile } from '../../../core/stats/quantile.ts';
import { FormatError, type Metric, type PerfRun } from '../model.ts';
import { type Format, isRecord } from './format.ts';

interface Point {
  readonly metric: string;
  readonly at: number;
  readonly value: number;
  readonly tags: Readonly<Record<string, unknown>>;
}

/**
 * `k6 run --out json`: one JSON object a line, every sample raw, so that status codes and any quantile can be
 * had. Thresholds are not in it: k6 judges them only in its summary.
 */
export const k6Stream: Format = {
  name: 'k6-stream',
  recognizes: ({ text }) => /^\{"(type|metric)":/.test(text) && /^\{[^\n]*"type":"(Metric|Point)"/.test(text),
  parse({ text }): Omit<PerfRun, 'path'> {
    const points = text.split('\n').flatMap((line, index) => readPoint(line, index + 1));
    const of = (metric: string): readonly Point[] => points.filter((point) => point.metric === metric);
    const requests = sumOf(of('http_reqs'));
    if (points.length === 0) throw new FormatError('the stream has no points');
    const failed = of('http_req_failed');
    const failures = failed.length === 0 ? null : sumOf(failed);
    const durationMs = spanOf(points);
    const statuses = of('http_reqs').map(({ tags }) => String(tags.status ?? ''));
    const count = (pattern: RegExp): number => statuses.filter((status) => pattern.test(status)).length;
    const dropped = sumOf(of('dropped_iterations'));
    return {
      tool: 'k6',
      thresholds: [],
      load: {
        durationMs,
        requests,
        failures,
        statuses: {
          clientErrors: count(/^4\d\d$/),
          tooManyRequests: count(/^429$/),
          serverErrors: count(/^5\d\d$/),
        },
        dropped,
        iterations: sumOf(of('iterations')),
        generatorExhausted: dropped > 0,
      },
      metrics: {
        ...latencies(of('http_req_duration').map(({ value }) => value)),
        ...(durationMs > 0
          ? { throughput: { value: (1_000 * requests) / durationMs, unit: 'req/s', better: 'higher' } }
          : {}),
        ...(failures === null || requests === 0
          ? {}
          : { error_rate: { value: failures / requests, unit: 'ratio', better: 'lower' } }),
      },
    };
  },
};

function readPoint(line: string, number: number): readonly Point[] {
  if (line.trim() === '') return [];
  const json = parseJson(line);
  if (!isRecord(json)) throw new FormatError(`line ${number} is not JSON: the stream was cut off`);
  if (json.type !== 'Point' || !isRecord(json.data)) return [];
  const { time, value, tags } = json.data;
  if (
    typeof json.metric !== 'string' ||
    typeof value !== 'number' ||
    typeof time !== 'string' ||
    Number.isNaN(Date.parse(time))
  ) {
    throw new FormatError(`line ${number} is a point without metric, time or value`);
  }
  return [{ metric: json.metric, at: Date.parse(time), value, tags: isRecord(tags) ? tags : {} }];
}

function latencies(samples: readonly number[]): Record<string, Metric> {
  if (samples.length === 0) return {};
  const one = (value: number): Metric => ({ value, unit: 'ms', better: 'lower' });
  return {
    'latency.avg': one(samples.reduce((a, b) => a + b, 0) / samples.length),
    'latency.p50': one(quantile(samples, 0.5)),
    'latency.p90': one(quantile(samples, 0.9)),
    'latency.p95': one(quantile(samples, 0.95)),
    'latency.p99': one(quantile(samples, 0.99)),
  };
}

function sumOf(points: readonly Point[]): number {
  return points.reduce((sum, { value }) => sum + value, 0);
}

/** First to last point, ms. Not `Math.max(...)`: a stream has more points than a call may have arguments. */
function spanOf(points: readonly Point[]): number {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { at } of points) {
    first = Math.min(first, at);
    last = Math.max(last, at);
  }
  return last - first;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

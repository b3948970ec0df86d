import { FormatError, type Metric, type StatusCounts } from '../model.ts';
import { type Format, isRecord, numberAt } from './format.ts';

/** `autocannon --json`. It has no 95th percentile: its own are p90, p97_5 and p99. */
export const autocannon: Format = {
  name: 'autocannon',
  recognizes: ({ json }) =>
    isRecord(json) &&
    isRecord(json.latency) &&
    isRecord(json.requests) &&
    numberAt(json.latency, 'p97_5') !== null,
  parse({ json }) {
    if (!isRecord(json) || !isRecord(json.latency) || !isRecord(json.requests)) {
      throw new FormatError('expected `latency` and `requests`');
    }
    const statuses = statusesOf(json);
    const answered = numberAt(json.requests, 'total') ?? 0;
    const seconds = numberAt(json, 'duration');
    // `errors` includes time-outs; neither was answered, so neither is in `requests.total`.
    const unanswered = numberAt(json, 'errors') ?? 0;
    const failures =
      unanswered + (numberAt(json, 'mismatches') ?? 0) + statuses.serverErrors + statuses.clientErrors;
    const requests = answered + unanswered;
    return {
      tool: 'autocannon',
      load: {
        durationMs: seconds === null ? null : seconds * 1_000,
        requests,
        failures,
        statuses,
        dropped: null,
        iterations: null,
        generatorExhausted: false,
      },
      metrics: {
        ...latencies(json.latency),
        ...(seconds === null || seconds <= 0
          ? {}
          : { throughput: { value: answered / seconds, unit: 'req/s', better: 'higher' } as const }),
        ...(requests === 0
          ? {}
          : { error_rate: { value: failures / requests, unit: 'ratio', better: 'lower' } as const }),
      },
      thresholds: [],
    };
  },
};

/** Status codes one by one when there (autocannon ≥ 7.11), else by class. */
function statusesOf(json: Readonly<Record<string, unknown>>): StatusCounts {
  const codes = isRecord(json.statusCodeStats) ? Object.entries(json.statusCodeStats) : [];
  const sum = (test: (code: string) => boolean): number =>
    codes
      .filter(([code]) => test(code))
      .reduce((total, [, entry]) => total + (numberAt(entry, 'count') ?? 0), 0);
  return {
    clientErrors: numberAt(json, '4xx') ?? sum((code) => code.startsWith('4')),
    tooManyRequests: sum((code) => code === '429'),
    serverErrors: numberAt(json, '5xx') ?? sum((code) => code.startsWith('5')),
  };
}

function latencies(latency: Readonly<Record<string, unknown>>): Record<string, Metric> {
  const wanted = ['average', 'p50', 'p75', 'p90', 'p97_5', 'p99', 'p99_9', 'max'] as const;
  return Object.fromEntries(
    wanted.flatMap((stat) => {
      const value = numberAt(latency, stat);
      const name = stat === 'average' ? 'latency.avg' : `latency.${stat}`;
      return value === null ? [] : [[name, { value, unit: 'ms', better: 'lower' } as const]];
    }),
  );
}

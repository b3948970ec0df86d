import { FormatError, type StatusCounts } from '../model.ts';
import { type Format, isRecord, numberAt } from './format.ts';
import { loadRun, perSecond, statusCounts } from './load.ts';

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
    const durationMs = seconds === null ? null : seconds * 1_000;
    // `errors` includes time-outs; neither was answered, so neither is in `requests.total`.
    const unanswered = numberAt(json, 'errors') ?? 0;
    const refused = statuses.serverErrors + statuses.clientErrors;
    return loadRun({
      tool: 'autocannon',
      durationMs,
      requests: answered + unanswered,
      failures: unanswered + (numberAt(json, 'mismatches') ?? 0) + refused,
      statuses,
      throughput: perSecond(answered, durationMs),
      latencies: latenciesOf(json.latency),
    });
  },
};

/** Status codes one by one when there (autocannon ≥ 7.11), else by class. */
function statusesOf(json: Readonly<Record<string, unknown>>): StatusCounts {
  const entries = isRecord(json.statusCodeStats) ? Object.entries(json.statusCodeStats) : [];
  const { clientErrors, tooManyRequests, serverErrors } = statusCounts(
    entries.map(([code, entry]) => [code, numberAt(entry, 'count') ?? 0]),
  );
  return {
    clientErrors: numberAt(json, '4xx') ?? clientErrors,
    tooManyRequests,
    serverErrors: numberAt(json, '5xx') ?? serverErrors,
  };
}

function latenciesOf(latency: Readonly<Record<string, unknown>>): Record<string, number> {
  const wanted = ['average', 'p50', 'p75', 'p90', 'p97_5', 'p99', 'p99_9', 'max'] as const;
  return Object.fromEntries(
    wanted.flatMap((statistic) => {
      const value = numberAt(latency, statistic);
      return value === null ? [] : [[statistic === 'average' ? 'avg' : statistic, value]];
    }),
  );
}

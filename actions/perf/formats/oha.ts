import { FormatError } from '../model.ts';
import { type Format, isRecord, numberAt } from './format.ts';
import { loadRun, quantileName, statusCounts } from './load.ts';

/** Requests that were under way when the time was up: the end of the run, not a failure. */
const endOfRun = 'aborted due to deadline';

/** `oha --output-format json` (before 1.9: `--json`). Times are seconds. */
export const oha: Format = {
  name: 'oha',
  recognizes: ({ json }) =>
    isRecord(json) &&
    isRecord(json.summary) &&
    isRecord(json.latencyPercentiles) &&
    numberAt(json.summary, 'requestsPerSec') !== null,
  parse({ json }) {
    if (!isRecord(json) || !isRecord(json.summary)) throw new FormatError('expected `summary`');
    const codes = countsOf(json.statusCodeDistribution);
    const broken = countsOf(json.errorDistribution).filter(([reason]) => reason !== endOfRun);
    const sum = (counts: readonly (readonly [string, number])[]): number =>
      counts.reduce((total, [, count]) => total + count, 0);
    const seconds = numberAt(json.summary, 'total');
    return loadRun({
      tool: 'oha',
      durationMs: seconds === null ? null : seconds * 1_000,
      requests: sum(codes) + sum(broken),
      failures: sum(codes.filter(([code]) => !/^[123]\d\d$/.test(code))) + sum(broken),
      statuses: statusCounts(codes),
      throughput: numberAt(json.summary, 'requestsPerSec'),
      latencies: latenciesOf(json.summary, json.latencyPercentiles),
    });
  },
};

function countsOf(value: unknown): readonly (readonly [string, number])[] {
  return isRecord(value) ? Object.keys(value).map((key) => [key, numberAt(value, key) ?? 0] as const) : [];
}

function latenciesOf(summary: unknown, percentiles: unknown): Record<string, number> {
  const average = numberAt(summary, 'average');
  const found = countsOf(percentiles).flatMap(([key, seconds]) => {
    const percent = /^p(\d+(?:\.\d+)?)$/.exec(key)?.[1];
    return percent === undefined || seconds === 0
      ? []
      : [[quantileName(Number(percent)), seconds * 1_000] as const];
  });
  return { ...(average === null ? {} : { avg: average * 1_000 }), ...Object.fromEntries(found) };
}

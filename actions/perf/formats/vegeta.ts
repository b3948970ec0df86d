import { FormatError } from '../model.ts';
import { type Format, isRecord, numberAt } from './format.ts';
import { loadRun, perSecond, statusCounts } from './load.ts';

const nanoseconds = 1e6;
const statistics = { mean: 'avg', '50th': 'p50', '90th': 'p90', '95th': 'p95', '99th': 'p99', max: 'max' };

/** `vegeta report -type=json`. Times are nanoseconds; status 0 is a request without an answer. */
export const vegeta: Format = {
  name: 'vegeta',
  recognizes: ({ json }) => isRecord(json) && isRecord(json.latencies) && isRecord(json.status_codes),
  parse({ json }) {
    if (!isRecord(json) || !isRecord(json.latencies) || !isRecord(json.status_codes)) {
      throw new FormatError('expected `latencies` and `status_codes`');
    }
    const requests = numberAt(json, 'requests');
    const sent = numberAt(json, 'duration');
    const durationMs = sent === null ? null : (sent + (numberAt(json, 'wait') ?? 0)) / nanoseconds;
    const codes = Object.keys(json.status_codes).map(
      (code) => [code, numberAt(json.status_codes, code) ?? 0] as const,
    );
    const answers = codes.reduce((sum, [, n]) => sum + n, 0);
    if (requests !== null && answers !== requests)
      throw new FormatError(
        `${requests} requests, and status codes of ${answers}: edited, or broken on its way`,
      );
    const failures = codes.reduce((sum, [code, n]) => (/^[123]\d\d$/.test(code) ? sum : sum + n), 0);
    const { latencies } = json;
    return loadRun({
      tool: 'vegeta',
      ...{ durationMs, requests, failures },
      statuses: statusCounts(codes),
      throughput: requests === null ? null : perSecond(requests, durationMs),
      latencies: Object.fromEntries(
        Object.entries(statistics).flatMap(([key, name]) => {
          const value = numberAt(latencies, key);
          return value === null ? [] : [[name, value / nanoseconds]];
        }),
      ),
    });
  },
};

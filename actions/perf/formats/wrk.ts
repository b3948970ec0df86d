import { FormatError } from '../model.ts';
import type { Format } from './format.ts';
import { loadRun, quantileName } from './load.ts';

const unitMs = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** The text of wrk and wrk2 with `--latency`. wrk2 prints the percentiles corrected for coordinated omission. */
export const wrk: Format = {
  name: 'wrk',
  recognizes: ({ text }) => /^Running .+ test @ /m.test(text) && /^Requests\/sec:/m.test(text),
  parse({ text }) {
    const total = /^\s*(\d+) requests in ([0-9.]+)(us|ms|s|m|h),/m.exec(text);
    const rate = /^Requests\/sec:\s+([0-9.]+)/m.exec(text)?.[1];
    if (total === null || rate === undefined)
      throw new FormatError('expected `N requests in T` and `Requests/sec`');
    const requests = Number(total[1]);
    const socket = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text);
    const broken = (socket ?? []).slice(1).reduce((sum, count) => sum + Number(count), 0);
    return loadRun({
      tool: 'wrk',
      durationMs: toMs(total[2] ?? '', total[3] ?? ''),
      requests,
      failures: broken + Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0),
      statuses: null,
      throughput: Number(rate),
      latencies: latenciesOf(text),
    });
  },
};

/** The first distribution: with `--u_latency` wrk2 prints the uncorrected one after it. */
function latenciesOf(text: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [, percent, value = '', unit = ''] of text.matchAll(
    /^\s*([0-9.]+)%\s+([0-9.]+)(us|ms|s|m)\s*$/gm,
  )) {
    found[quantileName(Number(percent))] ??= toMs(value, unit);
  }
  return found;
}

function toMs(value: string, unit: string): number {
  return Number(value) * (unitMs[unit as keyof typeof unitMs] ?? Number.NaN);
}

import { FormatError } from '../model.ts';
import type { Format } from './format.ts';
import { loadRun, quantileName, statusCounts } from './load.ts';

/** The summary that `hey` prints. */
export const hey: Format = {
  name: 'hey',
  recognizes: ({ text }) => /^Summary:/m.test(text) && /^\s+Requests\/sec:/m.test(text),
  parse({ text }) {
    const seconds = Number(/^\s+Total:\s+([0-9.]+) secs/m.exec(text)?.[1] ?? Number.NaN);
    const rate = Number(/^\s+Requests\/sec:\s+([0-9.]+)/m.exec(text)?.[1] ?? Number.NaN);
    if (Number.isNaN(seconds) || Number.isNaN(rate))
      throw new FormatError('expected `Total` and `Requests/sec`');
    const codes = [...text.matchAll(/^\s+\[(\d{3})\]\s+(\d+) responses/gm)].map(
      ([, code = '', count]) => [code, Number(count)] as const,
    );
    // Under "Error distribution" each line is a count and a reason, without an answer.
    const errors = text.split(/^Error distribution:\s*$/m)[1] ?? '';
    const broken = [...errors.matchAll(/^\s+\[(\d+)\]\s/gm)].reduce(
      (sum, [, count]) => sum + Number(count),
      0,
    );
    const answered = codes.reduce((sum, [, count]) => sum + count, 0);
    const refused = codes.reduce((sum, [code, count]) => (/^[45]/.test(code) ? sum + count : sum), 0);
    const quantiles = [...text.matchAll(/^\s+(\d+)%+ in ([0-9.]+) secs/gm)].map(
      ([, percent, value]) => [quantileName(Number(percent)), Number(value) * 1_000] as const,
    );
    return loadRun({
      tool: 'hey',
      durationMs: seconds * 1_000,
      requests: answered + broken,
      failures: refused + broken,
      statuses: statusCounts(codes),
      throughput: rate,
      latencies: Object.fromEntries(quantiles),
    });
  },
};

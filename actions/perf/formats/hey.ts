import { FormatError, type Metric } from '../model.ts';
import type { Format } from './format.ts';

/** The summary that `hey` prints. */
export const hey: Format = {
  name: 'hey',
  recognizes: ({ text }) => /^Summary:/m.test(text) && /^\s+Requests\/sec:/m.test(text),
  parse({ text }) {
    const seconds = Number(/^\s+Total:\s+([0-9.]+) secs/m.exec(text)?.[1] ?? Number.NaN);
    const rate = Number(/^\s+Requests\/sec:\s+([0-9.]+)/m.exec(text)?.[1] ?? Number.NaN);
    if (Number.isNaN(seconds) || Number.isNaN(rate))
      throw new FormatError('expected `Total` and `Requests/sec`');
    const codes = [...text.matchAll(/^\s+\[(\d{3})\]\s+(\d+) responses/gm)].map(([, code = '', count]) => ({
      code,
      count: Number(count),
    }));
    const sum = (test: (code: string) => boolean): number =>
      codes.filter(({ code }) => test(code)).reduce((total, { count }) => total + count, 0);
    // Under "Error distribution" each line is a count and a reason, without an answer.
    const errors = text.split(/^Error distribution:\s*$/m)[1] ?? '';
    const broken = [...errors.matchAll(/^\s+\[(\d+)\]\s/gm)].reduce(
      (total, match) => total + Number(match[1]),
      0,
    );
    const requests = sum(() => true) + broken;
    const failures = sum((code) => /^[45]/.test(code)) + broken;
    const metrics: Record<string, Metric> = {
      throughput: { value: rate, unit: 'req/s', better: 'higher' },
      ...(requests === 0
        ? {}
        : { error_rate: { value: failures / requests, unit: 'ratio', better: 'lower' } }),
    };
    for (const [, percent = '', value = ''] of text.matchAll(/^\s+(\d+)%+ in ([0-9.]+) secs/gm)) {
      metrics[`latency.p${percent}`] = { value: Number(value) * 1_000, unit: 'ms', better: 'lower' };
    }
    return {
      tool: 'hey',
      thresholds: [],
      metrics,
      load: {
        durationMs: seconds * 1_000,
        requests,
        failures,
        statuses: {
          clientErrors: sum((code) => code.startsWith('4')),
          tooManyRequests: sum((code) => code === '429'),
          serverErrors: sum((code) => code.startsWith('5')),
        },
        dropped: null,
        iterations: null,
        generatorExhausted: false,
      },
    };
  },
};

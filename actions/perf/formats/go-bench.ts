import { median } from '../../../core/stats/quantile.ts';
import { FormatError, type Metric } from '../model.ts';
import type { Format } from './format.ts';

const line = /^(Benchmark\S*)\s+(\d+)\s+(.+)$/;
const measurement = /([0-9.]+(?:e[+-]?\d+)?)\s+(\S+)/g;

/** `go test -bench`: several lines of one name (`-count`) are repetitions. The `-8` of GOMAXPROCS is cut off. */
export const goBench: Format = {
  name: 'go-bench',
  recognizes: ({ text }) => text.split('\n').some((one) => line.test(one) && one.includes('/op')),
  parse({ text }) {
    const samples = new Map<string, { readonly unit: string; readonly values: number[] }>();
    for (const one of text.split('\n')) {
      const [, name = '', , rest = ''] = line.exec(one) ?? [];
      for (const [, value = '', unit = ''] of rest.matchAll(measurement)) {
        const short = name.replace(/-\d+$/, '');
        const key = unit === 'ns/op' ? short : `${short} ${unit}`;
        const entry = samples.get(key) ?? { unit, values: [] };
        entry.values.push(Number(value));
        samples.set(key, entry);
      }
    }
    if (samples.size === 0) throw new FormatError('no line of the form `BenchmarkX-8 1000 123 ns/op`');
    const metrics = [...samples].map(([name, { unit, values }]): [string, Metric] => [
      name,
      { value: median(values), unit, better: higherIsBetter(unit) ? 'higher' : 'lower', samples: values },
    ]);
    return { tool: 'go test -bench', load: null, metrics: Object.fromEntries(metrics), thresholds: [] };
  },
};

/** Units that count work per time: more is better. Everything per operation is a cost. */
export function higherIsBetter(unit: string): boolean {
  return /^(ops|op|iter|iters|iterations|req|requests|rows|items|events|[kmg]?i?b|bytes|bits?)\/s(ec(ond)?)?$/i.test(
    unit.trim(),
  );
}

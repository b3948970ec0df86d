import { median } from '../../../core/stats/quantile.ts';
import { FormatError, type Metric } from '../model.ts';
import type { Format } from './format.ts';

const line = /^(Benchmark\S*)\s+(\d+)\s+(.+)$/;
const measurement = /([0-9.]+(?:e[+-]?\d+)?)\s+(\S+)/g;

/**
 * `go test -bench`: several lines of one name (`-count`) are repetitions. The `-8` of GOMAXPROCS is cut off where
 * every line has the same: otherwise it tells runs of `-cpu 1,2,4` apart, or is part of a name (`size-100`).
 */
export const goBench: Format = {
  name: 'go-bench',
  recognizes: ({ text }) => /^Benchmark\S*\s+\d+\s.*\/op/m.test(text),
  parse({ text }) {
    const failed = /^(?:--- FAIL|FAIL|panic):?.*$/m.exec(text)?.[0];
    if (failed !== undefined) throw new FormatError(`the benchmarks failed: ${failed.slice(0, 200)}`);
    const runs = readLines(text);
    const processors = new Set(runs.map(({ name }) => /-\d+$/.exec(name)?.[0] ?? ''));
    const nameOf = namer(runs, processors.size === 1 ? ([...processors][0] ?? '') : '');
    const samples = new Map<string, { readonly unit: string; readonly values: number[] }>();
    for (const run of runs) {
      for (const [, value = '', unit = ''] of run.rest.matchAll(measurement)) {
        const key = unit === 'ns/op' ? nameOf(run) : `${nameOf(run)} ${unit}`;
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

interface BenchLine {
  readonly package: string;
  readonly name: string;
  readonly rest: string;
}

function readLines(text: string): readonly BenchLine[] {
  let current = '';
  return text.split(/\r?\n/).flatMap((one): readonly BenchLine[] => {
    current = /^pkg: (\S+)/.exec(one)?.[1] ?? current;
    const [, name, , rest = ''] = line.exec(one) ?? [];
    return name === undefined ? [] : [{ package: current, name, rest }];
  });
}

/** Two packages may have a benchmark of one name: then the package tells them apart. */
function namer(runs: readonly BenchLine[], suffix: string): (run: BenchLine) => string {
  const packages = new Map<string, Set<string>>();
  for (const run of runs) packages.set(run.name, (packages.get(run.name) ?? new Set()).add(run.package));
  return (run) => {
    const short = run.name.slice(0, run.name.length - suffix.length);
    return (packages.get(run.name)?.size ?? 1) > 1 ? `${run.package}.${short}` : short;
  };
}

const work =
  '[kmg]?(?:ops|op|iter|iters|iterations|req|requests|rows|items|events|queries|transactions|msgs?|messages)';
const perTime = new RegExp(
  `^(?:${work}|[kmgt]?i?b|bytes|[kmgt]?bits?)/(?:[nuµm]?s|sec|second|min|minute)$`,
  'i',
);

/** Units that count work per time: more is better. Everything per operation is a cost. */
export function higherIsBetter(unit: string): boolean {
  const trimmed = unit.trim();
  return perTime.test(trimmed) || /^(?:fps|qps|rps|tps|[kmg]?hz)$/i.test(trimmed);
}

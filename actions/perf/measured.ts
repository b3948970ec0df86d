import type { Metric, PerfRun } from './model.ts';

/** One number of one result, under the name by which the history knows it. */
export interface Measured {
  readonly run: PerfRun;
  /** As the result names it: `latency.p95`. */
  readonly name: string;
  /** The same where one result has it; where several do, with the file's name: `checkout/latency.p95`. */
  readonly key: string;
  readonly metric: Metric;
}

/** Every number of every result. Two files that measure one metric measure two things: they are never mixed. */
export function measuredIn(runs: readonly PerfRun[]): readonly Measured[] {
  const count = new Map<string, number>();
  for (const run of runs) {
    for (const name of Object.keys(run.metrics)) count.set(name, (count.get(name) ?? 0) + 1);
  }
  const stems = stemsOf(runs);
  return runs.flatMap((run, index) =>
    Object.entries(run.metrics).map(([name, metric]) => {
      const key = (count.get(name) ?? 0) > 1 ? `${stems[index]}/${name}` : name;
      return { run, name, key, metric };
    }),
  );
}

/** Everything that was measured, by key. */
export function metricsOf(runs: readonly PerfRun[]): Readonly<Record<string, Metric>> {
  return Object.fromEntries(measuredIn(runs).map(({ key, metric }) => [key, metric]));
}

/** `perf/results/checkout.json` → `checkout`; the whole path where two files would have one name. */
function stemsOf(runs: readonly PerfRun[]): readonly string[] {
  const stems = runs.map(({ path }) => (path.split('/').at(-1) ?? path).replace(/\.[^.]*(?:\.gz)?$/, ''));
  return runs.map(({ path }, index) => {
    const stem = stems[index] ?? path;
    return stems.filter((other) => other === stem).length > 1 ? path : stem;
  });
}

import { z } from 'zod';
import { FormatError, type Metric, type PastRun } from '../model.ts';
import type { Format } from './format.ts';
import { higherIsBetter } from './go-bench.ts';

const benchSchema = z.looseObject({
  name: z.string(),
  value: z.number(),
  unit: z.string(),
  range: z.union([z.string(), z.number()]).optional(),
});
const listSchema = z.array(benchSchema).min(1);

/** github-action-benchmark's own JSON (`customSmallerIsBetter`): the unit tells when bigger is better. */
export const benchmark: Format = {
  name: 'benchmark',
  recognizes: ({ json }) => listSchema.safeParse(json).success,
  parse({ json }) {
    const parsed = listSchema.safeParse(json);
    if (!parsed.success) throw new FormatError('expected a list of {name, unit, value}');
    return { tool: 'benchmark', load: null, metrics: toMetrics(parsed.data, null), thresholds: [] };
  },
};

const historySchema = z.looseObject({
  entries: z.record(
    z.string(),
    z.array(
      z.looseObject({
        commit: z.looseObject({ id: z.string() }).optional(),
        date: z.number().min(0).max(8.64e15).optional(),
        tool: z.string().optional(),
        benches: z.array(benchSchema),
      }),
    ),
  ),
});

/** Its `data.js` or the JSON inside: every suite's history, oldest first. Null when the text is something else. */
export function parseBenchmarkHistory(text: string): readonly PastRun[] | null {
  const parsed = historySchema.safeParse(
    parseJson(text.replace(/^\s*window\.BENCHMARK_DATA\s*=\s*/, '').replace(/;\s*$/, '')),
  );
  if (!parsed.success) return null;
  refuseMixedSuites(parsed.data.entries);
  return Object.values(parsed.data.entries)
    .flat()
    .sort((a, b) => (a.date ?? 0) - (b.date ?? 0))
    .map((entry) => ({
      at: entry.date === undefined ? null : new Date(entry.date).toISOString(),
      sha: entry.commit?.id ?? null,
      metrics: toMetrics(entry.benches, entry.tool ?? null),
    }));
}

/** Suites of one history often measure the same benchmarks on different machines: their numbers are never mixed. */
function refuseMixedSuites(entries: z.infer<typeof historySchema>['entries']): void {
  const owner = new Map<string, string>();
  for (const [suite, runs] of Object.entries(entries)) {
    for (const { name } of runs.flatMap(({ benches }) => benches)) {
      const other = owner.get(name) ?? suite;
      owner.set(name, other);
      if (other === suite) continue;
      throw new FormatError(
        `the suites ${other} and ${suite} both have ${name}: keep the history of one in a file`,
      );
    }
  }
}

/** Its Go benchmarks are called `X - B/op`, ours `X B/op`: one history fits both. */
function nameOf({ name, unit }: z.infer<typeof benchSchema>): string {
  if (!name.endsWith(` - ${unit}`)) return name;
  const base = name.slice(0, -` - ${unit}`.length);
  return unit === 'ns/op' ? base : `${base} ${unit}`;
}

function toMetrics(benches: z.infer<typeof listSchema>, tool: string | null): Record<string, Metric> {
  return Object.fromEntries(
    benches.map(({ name, value, unit }) => [
      nameOf({ name, value, unit }),
      { value, unit, better: tool === 'customBiggerIsBetter' || higherIsBetter(unit) ? 'higher' : 'lower' },
    ]),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import { FormatError, type LoadFacts, type Metric, type PerfRun } from '../model.ts';

/**
 * A run whose numbers can be true at all. `1e999` is valid JSON, and nothing takes less than no time: such a file was
 * made by no tool, and nothing in it is believed.
 *
 * @throws FormatError with the first number that cannot be.
 */
export function sound(run: PerfRun): PerfRun {
  const impossible =
    metricProblem(run.metrics) ?? trendProblem(run.metrics) ?? (run.load && loadProblem(run.load));
  if (impossible !== null) throw new FormatError(`${impossible}: edited, or broken on its way`);
  return run;
}

/** @throws FormatError for a number in JSON that is larger than any: readers would take it for one that is not there. */
export function withoutOverflow(json: unknown): unknown {
  const open: (readonly [path: string, value: unknown])[] = [['', json]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, value] = next;
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new FormatError(`${path} is ${value}: edited, or broken on its way`);
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, one] of Object.entries(value)) open.push([path === '' ? key : `${path}.${key}`, one]);
  }
  return json;
}

function metricProblem(metrics: PerfRun['metrics']): string | null {
  for (const [name, { value, samples = [] }] of Object.entries(metrics)) {
    const broken = [value, ...samples].find((one) => !Number.isFinite(one));
    if (broken !== undefined) return `${name} is ${broken}`;
    if (/^(?:latency\.|throughput$|error_rate$)/.test(name) && value < 0) return `${name} is ${value}`;
    if (name === 'error_rate' && value > 1) return `error_rate is ${value}, of all requests`;
  }
  return null;
}

/** Quantiles are rounded, and some tools estimate them. */
const slack = 0.01;

/** Of one trend a higher quantile is never smaller, and the average lies between the ends. */
function trendProblem(metrics: PerfRun['metrics']): string | null {
  const trends = new Map<string, [at: number, statistic: string, metric: Metric][]>();
  for (const [name, metric] of Object.entries(metrics)) {
    const [, trend = '', statistic = ''] = /^(.*)\.([^.]+)$/.exec(name) ?? [];
    const at = rankOf(statistic);
    if (at !== null) trends.set(trend, [...(trends.get(trend) ?? []), [at, statistic, metric]]);
  }
  for (const [trend, ranked] of trends) {
    ranked.sort(([a], [b]) => a - b);
    for (const [index, [, statistic, { value }]] of ranked.entries()) {
      const next = ranked[index + 1];
      if (next !== undefined && exceeds(value, next[2].value))
        return `${trend}.${statistic} is ${value}, and ${trend}.${next[1]} only ${next[2].value}`;
    }
    const average = metrics[`${trend}.avg`]?.value;
    const [least, most] = [metrics[`${trend}.min`]?.value, metrics[`${trend}.max`]?.value];
    if (average === undefined) continue;
    if (most !== undefined && exceeds(average, most))
      return `${trend}.avg is ${average}, and ${trend}.max only ${most}`;
    if (least !== undefined && exceeds(least, average))
      return `${trend}.min is ${least}, and ${trend}.avg only ${average}`;
  }
  return null;
}

/** Where a statistic stands in the distribution, 0–100; null: nowhere. */
function rankOf(statistic: string): number | null {
  if (statistic === 'min') return 0;
  if (statistic === 'max') return 100;
  const quantile = /^p(\d+(?:_\d+)?)$/.exec(statistic)?.[1]?.replace('_', '.');
  return quantile === undefined ? null : Number(quantile);
}

function exceeds(one: number, other: number): boolean {
  return one - other > slack * Math.max(1, Math.abs(one), Math.abs(other));
}

function loadProblem(load: LoadFacts): string | null {
  const { requests, failures, statuses, durationMs, dropped, iterations, checks } = load;
  const counts = { requests, failures, dropped, iterations, ...statuses, ...checks };
  for (const [name, count] of Object.entries({ ...counts, 'the duration': durationMs }))
    if (count !== null && !(Number.isFinite(count) && count >= 0)) return `${name} is ${count}`;
  if (requests === null) return null;
  // A share of the requests times their number need not be whole.
  if (failures !== null && failures > requests + 0.5)
    return `${failures} requests failed, of ${requests} that were made`;
  const refused = (statuses?.clientErrors ?? 0) + (statuses?.serverErrors ?? 0);
  if (refused > requests) return `${refused} answers were errors, of ${requests} requests`;
  if (checks !== undefined && checks.failed > checks.made)
    return `${checks.failed} checks failed, of ${checks.made} that were made`;
  return requests > 1 && durationMs === 0 ? `${requests} requests took no time` : null;
}

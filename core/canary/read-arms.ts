import type { ReleaseConfig } from '../config/schema.ts';
import { labelsMatch } from '../metrics/match.ts';
import type { ArmReading, CanaryReading, MetricsSource, Series } from '../ports/metrics.ts';

export interface ArmsRequest {
  readonly metrics: ReleaseConfig['metrics'];
  readonly environment: string;
  /** Version under test and version to compare with, as tags. */
  readonly canary: string;
  readonly baseline: string;
  /** Time of the reading, ms since the epoch. */
  readonly at: number;
}

/**
 * Reads both arms of a canary. Each metric is read once for all versions, so that the two arms, and the errors
 * and requests of one process, come from one answer and cannot be skewed against each other.
 * @throws ProviderError when the provider does not answer. Nothing found is an arm without instances.
 */
export async function readArms(source: MetricsSource, request: ArmsRequest): Promise<CanaryReading> {
  const { metrics, environment } = request;
  const where = whereOf(metrics, environment);
  const [requests, durations, ...compared] = await Promise.all([
    source.read(metrics.requests, where),
    source.read(`${metrics.duration}_bucket`, where),
    ...metrics.compare.map(({ events, gauge, match }) =>
      source.read(events ?? gauge ?? '', { ...where, ...match }),
    ),
  ]);
  const arm = (version: string): ArmReading => armOf(version, requests, durations, metrics, compared);
  return { at: request.at, canary: arm(request.canary), baseline: arm(request.baseline) };
}

/** Labels that every series of an environment has. */
export function whereOf(
  { match, environment_label: label }: ReleaseConfig['metrics'],
  environment: string,
): Readonly<Record<string, string>> {
  return { ...match, ...(label === null ? {} : { [label]: environment }) };
}

/** Pure: the series of one version, summed for each process. */
export function armOf(
  version: string,
  requests: readonly Series[],
  durations: readonly Series[],
  metrics: ReleaseConfig['metrics'],
  compared: readonly (readonly Series[])[] = [],
): ArmReading {
  const isOurs = (series: Series): boolean => isVersion(series.labels[metrics.version_label], version);
  const all = sumByInstance(requests.filter(isOurs));
  const failed = sumByInstance(
    requests.filter((series) => isOurs(series) && labelsMatch(series.labels, metrics.error_match)),
  );
  const buckets = durations.filter(isOurs);
  const counted = sumByInstance(buckets.filter((series) => edgeOf(series) === Number.POSITIVE_INFINITY));
  const fast = [metrics.slow_over, ...metrics.slow_also].map((edge) =>
    sumByInstance(buckets.filter((series) => edgeOf(series) === edge)),
  );
  const figures = compared.map((series, i) => {
    const ours = series.filter(isOurs);
    return metrics.compare[i]?.gauge === undefined ? sumByInstance(ours) : meanByInstance(ours);
  });
  const instances = [...all.entries()].map(([id, total]) => ({
    id,
    requests: total,
    errors: failed.get(id) ?? 0,
    ...slowOf(counted.get(id), fast, id),
    ...(figures.length === 0 ? {} : { compared: figures.map((figure) => figure.get(id) ?? null) }),
  }));
  return { version, instances: instances.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)) };
}

/** Unknown at an edge unless the histogram has a bucket with exactly that edge. */
function slowOf(
  counted: number | undefined,
  fast: readonly ReadonlyMap<string, number>[],
  id: string,
): Pick<ArmReading['instances'][number], 'slow' | 'slower'> {
  const [slow = null, ...slower] = fast.map((edge) => {
    const below = edge.get(id);
    return counted === undefined || below === undefined ? null : counted - below;
  });
  return { slow, slower };
}

/** A service that reports `1.2.0` is the tag `v1.2.0`; nothing else is stripped or guessed. */
export function isVersion(label: string | undefined, version: string): boolean {
  return label !== undefined && version !== '' && (label === version || `v${label}` === version);
}

/** `le` as a number: exporters write `0.5`, `1`, `1.0`, `+Inf`. NaN when there is none. */
function edgeOf(series: Series): number {
  const edge = series.labels.le;
  if (edge === '+Inf' || edge === 'Inf') return Number.POSITIVE_INFINITY;
  return edge === undefined || edge.trim() === '' ? Number.NaN : Number(edge);
}

function meanByInstance(series: readonly Series[]): Map<string, number> {
  const sums = sumByInstance(series);
  const counts = sumByInstance(
    series.map((one) => ({ ...one, points: one.points.map((p) => ({ ...p, value: 1 })) })),
  );
  return new Map([...sums].map(([id, sum]) => [id, sum / (counts.get(id) ?? 1)]));
}

/** Newest value of each series, summed by process: `instance`, else `pod`, else one for all. */
function sumByInstance(series: readonly Series[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { labels, points } of series) {
    const value = points.at(-1)?.value;
    if (value === undefined) continue;
    const id = labels.instance ?? labels.pod ?? '';
    sums.set(id, (sums.get(id) ?? 0) + value);
  }
  return sums;
}

import { ProviderError } from '../../core/errors.ts';
import type { MetricsSource, Series } from '../../core/ports/metrics.ts';
import { type Platform, slowShare } from './platform.ts';
import type { Process, Scheduler } from './scheduler.ts';

/** What is wrong with the metrics at present. */
export type MetricsMood = 'fine' | 'unreachable' | 'NaN' | 'late' | 'doubled' | 'missing';

/** The metrics provider over the platform's counters. */
export class MetricsProvider {
  mood: MetricsMood = 'fine';
  readonly #scheduler: Scheduler;
  readonly #platform: Platform;
  #frozen: readonly Series[] | null = null;

  constructor(scheduler: Scheduler, platform: Platform) {
    this.#scheduler = scheduler;
    this.#platform = platform;
  }

  sourceFor(process: Process): MetricsSource {
    const read = (metric: string, match: Readonly<Record<string, string>>): Promise<readonly Series[]> =>
      this.#scheduler.call(
        process,
        'metrics read',
        () => this.#read(metric, match),
        () => this.#scheduler.between(5, 80),
      );
    return { read, range: (metric, match) => read(metric, match) };
  }

  #read(metric: string, match: Readonly<Record<string, string>>): readonly Series[] {
    if (this.mood === 'unreachable') {
      throw new ProviderError('METRICS_UNREACHABLE', 'The metrics provider does not answer', 'Wait.', {
        retryable: true,
      });
    }
    if (this.mood === 'missing' || match.environment !== 'production') return [];
    const all = this.#series().filter(({ labels }) => labels.__name__ === metric);
    return this.mood === 'doubled' ? [...all, ...all].slice(0, all.length) : all;
  }

  /** `late`: the provider goes on showing what it had when it fell behind. */
  #series(): readonly Series[] {
    if (this.mood === 'late' && this.#frozen !== null) return this.#frozen;
    const at = this.#scheduler.now;
    const found = this.#platform.versions().flatMap((version) => this.#seriesOf(version, at));
    this.#frozen = found;
    return found;
  }

  #seriesOf(version: string, at: number): readonly Series[] {
    const { requests, errors } = this.#platform.read(version, at);
    const failed = Math.floor(errors);
    const all = Math.floor(requests);
    const labels = { version, environment: 'production', instance: `${version}-1` };
    const value = (count: number): number => (this.mood === 'NaN' ? Number.NaN : count);
    const series = (extra: Readonly<Record<string, string>>, count: number): Series => ({
      labels: { ...labels, ...extra },
      points: [{ at, value: value(count) }],
    });
    const bucket = { __name__: 'http_request_duration_seconds_bucket' };
    return [
      series({ __name__: 'http_requests_total', code: '200' }, all - failed),
      series({ __name__: 'http_requests_total', code: '500' }, failed),
      series({ ...bucket, le: '0.25' }, Math.floor(all * (1 - slowShare))),
      series({ ...bucket, le: '+Inf' }, all),
    ];
  }
}

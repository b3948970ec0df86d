import { describe, expect, it } from 'vitest';
import { readArms } from '../../../core/canary/read-arms.ts';
import type { MetricsSource, Series } from '../../../core/ports/metrics.ts';
import { config } from '../support/facts.ts';

/** Answers with every series that carries the asked labels, as a provider does. */
class Metrics implements MetricsSource {
  readonly asked: string[] = [];
  readonly series: Record<string, Series[]> = {};

  add(metric: string, labels: Record<string, string>, value: number): this {
    this.series[metric] = [...(this.series[metric] ?? []), { labels, points: [{ at: 1, value }] }];
    return this;
  }
  async read(metric: string, match: Readonly<Record<string, string>>): Promise<readonly Series[]> {
    this.asked.push(`${metric} ${JSON.stringify(match)}`);
    return (this.series[metric] ?? []).filter(({ labels }) =>
      Object.entries(match).every(([name, value]) => labels[name] === value),
    );
  }
  async range(): Promise<readonly Series[]> {
    return [];
  }
}

const metrics = config().metrics;
const request = { metrics, environment: 'production', canary: 'v1.1.0', baseline: 'v1.0.0', at: 7 };
const labels = (version: string, instance: string, code = '200') => ({
  environment: 'production',
  version,
  instance,
  code,
});

describe('reading both arms', () => {
  it('sums a process’s series, tells errors by their label and slow by the bucket edge', async () => {
    const source = new Metrics()
      .add('http_requests_total', labels('v1.1.0', 'a'), 90)
      .add('http_requests_total', labels('v1.1.0', 'a', '503'), 10)
      .add('http_requests_total', labels('v1.1.0', 'b'), 5)
      .add('http_requests_total', labels('v1.0.0', 'c'), 900)
      .add('http_requests_total', { ...labels('v1.1.0', 'd'), environment: 'stage' }, 1_000);
    for (const [le, value] of [
      ['0.1', 60],
      ['0.25', 80],
      ['1', 98],
      ['+Inf', 100],
    ] as const) {
      source.add('http_request_duration_seconds_bucket', { ...labels('v1.1.0', 'a'), le }, value);
    }
    const reading = await readArms(source, request);
    expect(reading).toEqual({
      at: 7,
      canary: {
        version: 'v1.1.0',
        instances: [
          { id: 'a', requests: 100, errors: 10, slow: 20, slower: [null, 2] },
          { id: 'b', requests: 5, errors: 0, slow: null, slower: [null, null] },
        ],
      },
      baseline: {
        version: 'v1.0.0',
        instances: [{ id: 'c', requests: 900, errors: 0, slow: null, slower: [null, null] }],
      },
    });
    expect(source.asked).toHaveLength(2);
  });

  it('finds a service that reports its version without the v, and nothing else', async () => {
    const source = new Metrics()
      .add('http_requests_total', labels('1.1.0', 'a'), 1)
      .add('http_requests_total', labels('v1.1.0-rc', 'b'), 1)
      .add('http_requests_total', labels('vv1.1.0', 'c'), 1);
    const { canary } = await readArms(source, request);
    expect(canary.instances.map(({ id }) => id)).toEqual(['a']);
  });

  it('has no instances for an arm that is not there', async () => {
    const source = new Metrics().add(
      'http_requests_total',
      { environment: 'production', version: '', instance: 'a' },
      1,
    );
    const reading = await readArms(source, { ...request, baseline: '' });
    expect(reading.canary.instances).toEqual([]);
    expect(reading.baseline.instances).toEqual([]);
  });

  it('does not know slow when no bucket has exactly that edge, whatever its notation', async () => {
    const source = new Metrics().add('http_requests_total', labels('v1.1.0', 'a'), 9);
    for (const le of ['1.0', '+Inf'])
      source.add('http_request_duration_seconds_bucket', { ...labels('v1.1.0', 'a'), le }, 9);
    expect((await readArms(source, request)).canary.instances[0]?.slow).toBeNull();
    const slow = await readArms(source, { ...request, metrics: { ...metrics, slow_over: 1 } });
    expect(slow.canary.instances[0]?.slow).toBe(0);
  });
});

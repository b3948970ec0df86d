import { describe, expect, it } from 'vitest';
import { nodeMetrics } from '../../actions/metrics.ts';

describe('sources of metrics for a gate', () => {
  it.each(['prometheus', 'scrape'] as const)('send the token of the environment to a %s', async (kind) => {
    const seen: (string | null)[] = [];
    const recording: typeof fetch = async (_input, init) => {
      seen.push(new Headers(init?.headers).get('authorization'));
      return new Response('no', { status: 503 });
    };
    const clock = { now: () => 0 };
    const read = (env: NodeJS.ProcessEnv) =>
      nodeMetrics(recording, clock, env)({ url: 'http://metrics.test', kind }).read('up', {});
    const error = await read({ METRICS_BEARER_TOKEN: 's3cret' }).catch((thrown: unknown) => thrown as Error);
    await read({}).catch(() => undefined);
    expect(seen).toEqual(['Bearer s3cret', null]);
    expect(String(error)).not.toContain('s3cret');
  });
});

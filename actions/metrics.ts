import { systemClock } from '../adapters/node-io/system.ts';
import { prometheusSource } from '../adapters/prometheus/index.ts';
import { scrapeSource } from '../adapters/scrape/index.ts';
import type { GateIo } from '../core/gate/gate.ts';
import type { Clock } from '../core/ports/system.ts';

/**
 * Sources of metrics over a guarded `fetch`: what `nodeGateIo` and `runAction` take as `metrics`. A token in
 * `METRICS_BEARER_TOKEN` is sent with every request; it goes nowhere but to hosts that the config allows.
 */
export function nodeMetrics(
  guarded: typeof fetch,
  clock: Clock = systemClock,
  env: NodeJS.ProcessEnv = process.env,
): GateIo['metrics'] {
  const token = env.METRICS_BEARER_TOKEN ?? '';
  const headers: Record<string, string> = token === '' ? {} : { authorization: `Bearer ${token}` };
  return ({ url, kind }) => {
    switch (kind) {
      case 'prometheus':
        return prometheusSource({ url, fetch: guarded, headers });
      case 'scrape':
        return scrapeSource({ url, fetch: guarded, clock, headers });
    }
  };
}

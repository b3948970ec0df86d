import { systemClock } from '../adapters/node-io/system.ts';
import { prometheusSource } from '../adapters/prometheus/index.ts';
import { scrapeSource } from '../adapters/scrape/index.ts';
import type { GateIo } from '../core/gate/gate.ts';
import type { Clock } from '../core/ports/system.ts';

/** Sources of metrics over a guarded `fetch`: what `nodeGateIo` and `runAction` take as `metrics`. */
export function nodeMetrics(guarded: typeof fetch, clock: Clock = systemClock): GateIo['metrics'] {
  return ({ url, kind }) => {
    switch (kind) {
      case 'prometheus':
        return prometheusSource({ url, fetch: guarded });
      case 'scrape':
        return scrapeSource({ url, fetch: guarded, clock });
    }
  };
}

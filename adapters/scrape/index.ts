import { labelsMatch } from '../../core/metrics/match.ts';
import type { MetricsSource, Series } from '../../core/ports/metrics.ts';
import type { Clock } from '../../core/ports/system.ts';
import type { Sample } from './exposition.ts';
import { scrape } from './scrape.ts';

export { type Exposition, ExpositionError, parseExposition, type Sample } from './exposition.ts';

export interface ScrapeOptions {
  /** Address of the exposition itself; `/metrics` is added when the URL has no path. */
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** Further headers, e.g. a bearer token. Never shown. */
  readonly headers?: Readonly<Record<string, string>>;
  /** One scrape may take this long, ms. */
  readonly timeoutMs?: number;
  /** Largest exposition, bytes. */
  readonly maxBytes?: number;
  /** Reads within this time, ms, share one scrape, so that requests and errors are of the same moment. */
  readonly shareForMs?: number;
}

/** A direct scrape of a text exposition. It knows this moment only: `range` answers with one point. */
export function scrapeSource(options: ScrapeOptions): MetricsSource {
  let last: { readonly at: number; readonly samples: Promise<readonly Sample[]> } | undefined;
  const samples = (): Promise<readonly Sample[]> => {
    const at = options.clock.now();
    const fresh = last !== undefined && at >= last.at && at - last.at < (options.shareForMs ?? 500);
    if (!fresh || last === undefined) {
      last = { at, samples: scrape(options) };
      last.samples.catch(() => {
        last = undefined;
      });
    }
    return last.samples;
  };
  const read = async (
    metric: string,
    match: Readonly<Record<string, string>>,
  ): Promise<readonly Series[]> => {
    const found = await samples();
    const at = last?.at ?? options.clock.now();
    return found
      .filter((sample) => sample.name === metric && labelsMatch(sample.labels, match))
      .map((sample) => ({
        labels: sample.labels,
        points: [{ at: sample.timestamp ?? at, value: sample.value }],
      }));
  };
  return { read, range: (metric, match) => read(metric, match) };
}

import { labelsMatch } from '../../core/metrics/match.ts';
import type { MetricsSource, Series } from '../../core/ports/metrics.ts';
import type { Sample } from './exposition.ts';
import { type ScrapeOptions, scrape } from './scrape.ts';

export { type Exposition, ExpositionError, parseExposition, type Sample } from './exposition.ts';

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

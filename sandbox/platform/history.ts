import type { Hono } from 'hono';
import type { Environment } from './environment.ts';

const sampledEveryMs = 250;
/** The only form in which the Conductor asks for the growth of a counter. */
const growthOf = /^sum\(increase\((\w+)\{environment="(\w+)"\}\[(\d+)s\]\)\)$/;

/** The counters that are kept, and how they grew in the week before: the shop is a minute old, so that week is made up. */
const counters: Readonly<
  Record<string, { readonly key: Counter; readonly before: (second: number) => number }>
> = {
  proxy_requests_total: { key: 'requests', before: (second) => 260 * second + 20 * Math.sin(second) },
  proxy_errors_total: { key: 'errors', before: (second) => 5 * second + 2 * Math.sin(1.7 * second) },
};
type Counter = 'requests' | 'errors';

interface Sample {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly totals: Readonly<Record<string, Readonly<Record<Counter, number>>>>;
}

/** What a Prometheus would have kept of the proxies' counters, behind as much of its API as is asked for. */
export class History {
  readonly #samples: Sample[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(environments: readonly Environment[]) {
    const sample = (): void => {
      const totals = environments.map(({ name, counters: versions }) => [
        name,
        totalOf(Object.values(versions)),
      ]);
      this.#samples.push({ at: Date.now() / 1_000, totals: Object.fromEntries(totals) });
    };
    sample();
    this.#timer = setInterval(sample, sampledEveryMs);
  }

  /** `query_range`; every other question is refused by name, as nothing else could be answered rightly. */
  serve(api: Hono): void {
    api.get('/history/api/v1/query_range', (context) => {
      const { query = '', start, end, step } = context.req.query();
      const asked = growthOf.exec(query);
      if (asked === null) {
        return context.json({ status: 'error', errorType: 'bad_data', error: `cannot answer ${query}` }, 400);
      }
      const [, metric = '', environment = '', seconds] = asked;
      const values: [number, string][] = [];
      for (let at = Number(start); at <= Number(end); at += Number(step)) {
        const grew = this.#growth(metric, environment, at - Number(seconds), at);
        if (grew !== null) values.push([at, String(grew)]);
      }
      const result = values.length === 0 ? [] : [{ metric: {}, values }];
      return context.json({ status: 'success', data: { resultType: 'matrix', result } });
    });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Null where nothing is known: a counter that nobody keeps, the future, and the moment between then and now. */
  #growth(metric: string, environment: string, from: number, to: number): number | null {
    const counter = Object.hasOwn(counters, metric) ? counters[metric] : undefined;
    const begun = this.#samples[0]?.at ?? 0;
    if (counter === undefined) return null;
    if (to < begun) return counter.before(to) - counter.before(from);
    const [first, last] = [from, to].map((at) => this.#totalAt(environment, counter.key, at));
    return first == null || last == null ? null : last - first;
  }

  /** Between two samples a counter grew evenly. */
  #totalAt(environment: string, key: Counter, at: number): number | null {
    const index = this.#samples.findIndex((sample) => sample.at >= at);
    const [before, after] = [this.#samples[index - 1], this.#samples[index]];
    const [low, high] = [before?.totals[environment]?.[key], after?.totals[environment]?.[key]];
    if (before === undefined || after === undefined || low === undefined || high === undefined) return null;
    return low + ((high - low) * (at - before.at)) / (after.at - before.at);
  }
}

function totalOf(versions: readonly Readonly<Record<Counter, number>>[]): Record<Counter, number> {
  const sum = (key: Counter): number => versions.reduce((total, version) => total + version[key], 0);
  return { requests: sum('requests'), errors: sum('errors') };
}

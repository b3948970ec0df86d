import { Agent, request } from 'node:http';
import { InternalError } from '../../core/errors.ts';
import { LatencyHistogram } from './histogram.ts';

/** One kind of request of the mix; `share` is relative to the other kinds. */
export interface RequestKind {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly share: number;
}

export interface LoadOptions {
  /** Base URL of the environment. */
  readonly url: string;
  /** Requests a second that are started, whether or not earlier ones are answered (an open model). */
  readonly rate: number;
  readonly mix?: readonly RequestKind[];
  /** Requests that may be unanswered at once; beyond it a request is dropped instead of sent. */
  readonly maxInFlight?: number;
}

/** What the client saw. Latencies in ms, of answered requests; each is at most 3 % above the true value. */
export interface LoadReport {
  readonly seconds: number;
  readonly started: number;
  readonly answered: number;
  /** Answers by status class (`2xx` …), and by the version that the proxy named. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byVersion: Readonly<Record<string, { readonly requests: number; readonly errors: number }>>;
  /** Requests without an answer. */
  readonly failed: number;
  /** Requests that were due but not sent: too many were unanswered, or this process itself stood still. */
  readonly dropped: number;
  readonly latency: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
}

export interface Load {
  /** The figures so far. */
  report(): LoadReport;
  /** Stops, waits for the answers under way, and gives the final figures. */
  stop(): Promise<LoadReport>;
}

const defaultMix: readonly RequestKind[] = [
  { method: 'GET', path: '/products', share: 7 },
  { method: 'GET', path: '/', share: 2 },
  { method: 'POST', path: '/orders', body: '{"product":"tea","quantity":1}', share: 1 },
];
const goldenRatio = (Math.sqrt(5) - 1) / 2;
const tickMs = 10;
const requestTimeoutMs = 5_000;
/** A timer may come this late without any request being dropped, ms. */
const longestLagMs = 250;

/** Sends real HTTP requests at a constant rate until it is stopped. */
export function startLoad(options: LoadOptions): Load {
  return new OpenLoad(options);
}

class OpenLoad implements Load {
  readonly #options: LoadOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #begin = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #mix: readonly RequestKind[];
  readonly #latency = new LatencyHistogram();
  readonly #byStatus: Record<string, number> = {};
  readonly #byVersion: Record<string, { requests: number; errors: number }> = {};
  #end: number | null = null;
  #due = 0;
  #started = 0;
  #answered = 0;
  #failed = 0;
  #dropped = 0;
  #inFlight = 0;
  #whenIdle: () => void = () => {};

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#mix = options.mix ?? defaultMix;
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  report(): LoadReport {
    return {
      seconds: ((this.#end ?? performance.now()) - this.#begin) / 1_000,
      started: this.#started,
      answered: this.#answered,
      byStatus: { ...this.#byStatus },
      byVersion: structuredClone(this.#byVersion),
      failed: this.#failed,
      dropped: this.#dropped,
      latency: {
        p50: this.#latency.quantile(0.5),
        p95: this.#latency.quantile(0.95),
        p99: this.#latency.quantile(0.99),
        max: this.#latency.max,
      },
    };
  }

  async stop(): Promise<LoadReport> {
    clearInterval(this.#timer);
    this.#end ??= performance.now();
    if (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    this.#agent.destroy();
    return this.report();
  }

  /** Starts as many requests as are due by now; after a longer standstill the overdue ones are dropped, not sent as a burst. */
  #tick(): void {
    const { rate, maxInFlight = 256 } = this.#options;
    const due = Math.floor(((performance.now() - this.#begin) / 1_000) * rate);
    const overdue = Math.max(0, due - this.#due - Math.ceil((rate * longestLagMs) / 1_000));
    this.#dropped += overdue;
    this.#due += overdue;
    for (; this.#due < due; this.#due++) {
      if (this.#inFlight >= maxInFlight) this.#dropped += 1;
      else this.#send(kindOf(this.#mix, this.#due));
    }
  }

  #send(kind: RequestKind): void {
    const began = performance.now();
    this.#started += 1;
    this.#inFlight += 1;
    const { method, path, body } = kind;
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const outgoing = request(new URL(path, this.#options.url), {
      method,
      headers,
      agent: this.#agent,
      timeout: requestTimeoutMs,
    });
    let isOver = false;
    const end = (note: () => void) => {
      if (isOver) return;
      isOver = true;
      note();
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#whenIdle();
    };
    const fail = () =>
      end(() => {
        this.#failed += 1;
      });
    outgoing.on('response', (answer) => {
      answer.resume();
      answer.on('error', fail);
      answer.on('end', () =>
        end(() => {
          this.#latency.add(performance.now() - began);
          this.#count(answer.statusCode ?? 0, String(answer.headers['x-version'] ?? ''));
        }),
      );
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
    outgoing.on('error', fail);
    outgoing.end(body);
  }

  #count(status: number, version: string): void {
    this.#answered += 1;
    const statusClass = `${Math.floor(status / 100)}xx`;
    this.#byStatus[statusClass] = (this.#byStatus[statusClass] ?? 0) + 1;
    if (version === '') return;
    const counters = this.#byVersion[version] ?? { requests: 0, errors: 0 };
    this.#byVersion[version] = counters;
    counters.requests += 1;
    if (status >= 500) counters.errors += 1;
  }
}

/**
 * The kind of the n-th request: a golden-ratio sequence over the shares. Unlike a cycle it has no period that could
 * fall in step with the proxy's, which would give a canary of 10 % always the same kind of request.
 */
export function kindOf(mix: readonly RequestKind[], n: number): RequestKind {
  const total = mix.reduce((sum, { share }) => sum + share, 0);
  let rest = ((n * goldenRatio) % 1) * total;
  for (const kind of mix) {
    rest -= kind.share;
    if (rest < 0) return kind;
  }
  throw new InternalError('LOAD_MIX', 'the mix of the load has no shares', 'give at least one kind a share');
}

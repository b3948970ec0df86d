import { ConfigError, PermissionError, ProviderError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports/system.ts';
import { ExpositionError, parseExposition, type Sample } from './exposition.ts';

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

const defaultTimeoutMs = 10_000;
const defaultMaxBytes = 16 * 1_024 * 1_024;
const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.8,*/*;q=0.1';

/** One scrape. A broken or truncated exposition is no data at all: nothing of it is used. */
export async function scrape(options: ScrapeOptions): Promise<readonly Sample[]> {
  const url = addressOf(options.url);
  const shown = `${url.origin}${url.pathname}`;
  const { text, contentType } = await get(options, url, shown);
  try {
    return parseExposition(text, {
      openMetrics: /^\s*application\/openmetrics-text\b/i.test(contentType),
    }).samples;
  } catch (cause) {
    if (!(cause instanceof ExpositionError)) throw cause;
    throw new ProviderError(
      'EXPOSITION_MALFORMED',
      `${shown}: ${cause.message}`,
      'correct the exporter; Prometheus refuses the whole scrape as well',
      { retryable: false, cause },
    );
  }
}

function addressOf(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError(
      'SCRAPE_URL',
      'the scrape URL is not an http(s) URL',
      'write http://host:port/metrics',
    );
  }
  if (url.pathname === '/') url.pathname = '/metrics';
  return url;
}

async function get(options: ScrapeOptions, url: URL, shown: string) {
  const headers: Record<string, string> = { accept, ...options.headers };
  if (url.username !== '' || url.password !== '') {
    headers.authorization = `Basic ${btoa(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`)}`;
    url.username = '';
    url.password = '';
  }
  try {
    const signal = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs);
    const response = await options.fetch(url, { headers, redirect: 'error', signal });
    if (response.status !== 200) throw answered(shown, response.status);
    const text = await readCapped(response, shown, options.maxBytes ?? defaultMaxBytes);
    return { text, contentType: response.headers.get('content-type') ?? '' };
  } catch (cause) {
    if (cause instanceof ProviderError || cause instanceof PermissionError || cause instanceof ConfigError) {
      throw cause;
    }
    // Node's own http client says AbortError for a signal of any kind; ours are time-outs only.
    const timedOut = cause instanceof Error && /^(Timeout|Abort)Error$/.test(cause.name);
    throw new ProviderError(
      timedOut ? 'SCRAPE_TIMEOUT' : 'SCRAPE_UNREACHABLE',
      timedOut ? `${shown} did not answer in time` : `${shown} could not be reached`,
      'check the URL and that this machine may connect to it',
      { retryable: true, cause },
    );
  }
}

function answered(shown: string, status: number): Error {
  if (status === 401 || status === 403) {
    const help = 'allow this machine to read the exposition';
    return new PermissionError('SCRAPE_FORBIDDEN', `${shown} answered ${status}`, help);
  }
  const options = { retryable: status === 429 || status >= 500 };
  return new ProviderError('SCRAPE_ERROR', `${shown} answered ${status}`, 'check the URL', options);
}

async function readCapped(response: Response, shown: string, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      const help = 'expose fewer series, or use a Prometheus';
      throw new ProviderError('EXPOSITION_TOO_LARGE', `${shown} is larger than ${maxBytes} bytes`, help, {
        retryable: false,
      });
    }
    chunks.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: false }).decode(Buffer.concat(chunks));
}

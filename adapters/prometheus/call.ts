import { ConfigError, PermissionError, ProviderError } from '../../core/errors.ts';

export interface PrometheusOptions {
  /** Base URL; a path prefix is kept. User and password in it become a header and are never shown. */
  readonly url: string;
  readonly fetch: typeof fetch;
  /** One request may take this long, ms. */
  readonly timeoutMs?: number;
  /** Further headers, e.g. a bearer token or `X-Scope-OrgID`. Never shown. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Largest answer, bytes. */
  readonly maxBytes?: number;
}

const defaultTimeoutMs = 15_000;
const defaultMaxBytes = 32 * 1_024 * 1_024;
/** Longer requests go as a POST, which Prometheus documents as the same. */
const longestGet = 2_000;

/**
 * One call of the HTTP API; the parsed JSON of a successful, complete answer. Sources of the rules:
 * https://prometheus.io/docs/prometheus/latest/querying/api/ (400 = bad parameters, 422 = could not be
 * executed, 503 = timed out or aborted; warnings mean that the data may be partial).
 */
export async function callPrometheus(
  options: PrometheusOptions,
  endpoint: 'query' | 'query_range',
  parameters: Readonly<Record<string, string>>,
): Promise<unknown> {
  const { url, headers, shown } = addressOf(options, endpoint);
  const form = new URLSearchParams(parameters);
  const long = form.size > 0 && form.toString().length > longestGet;
  if (!long) url.search = form.toString();
  const response = await send(options, shown, url, {
    ...(long ? { method: 'POST', body: form } : {}),
    headers: { accept: 'application/json', ...headers },
    redirect: 'error',
    signal: AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs),
  });
  const body = parseJson(response.text);
  if (response.status !== 200 || !isRecord(body) || body.status !== 'success') {
    throw refused(shown, response.status, response.retryAfter, body);
  }
  refusePartialData(shown, body);
  return body.data;
}

function addressOf(options: PrometheusOptions, endpoint: string) {
  let base: URL;
  try {
    base = new URL(options.url);
  } catch {
    throw new ConfigError(
      'PROMETHEUS_URL',
      'the Prometheus URL is not a URL',
      'write it as http://host:port, with a path prefix if there is one',
    );
  }
  const url = new URL(`${base.pathname.replace(/\/$/, '')}/api/v1/${endpoint}`, base.origin);
  const user = decodeURIComponent(base.username);
  const password = decodeURIComponent(base.password);
  const basic =
    user === '' && password === '' ? {} : { authorization: `Basic ${btoa(`${user}:${password}`)}` };
  return { url, headers: { ...basic, ...options.headers }, shown: `${url.origin}${url.pathname}` };
}

async function send(
  options: PrometheusOptions,
  shown: string,
  url: URL,
  init: RequestInit,
): Promise<{ readonly status: number; readonly text: string; readonly retryAfter: string | null }> {
  try {
    const response = await options.fetch(url, init);
    const text = await readCapped(response, options.maxBytes ?? defaultMaxBytes);
    return { status: response.status, text, retryAfter: response.headers.get('retry-after') };
  } catch (cause) {
    if (cause instanceof ConfigError || cause instanceof PermissionError || cause instanceof ProviderError) {
      throw cause;
    }
    // Node's own http client says AbortError for a signal of any kind; ours are time-outs only.
    const timedOut = cause instanceof Error && /^(Timeout|Abort)Error$/.test(cause.name);
    throw new ProviderError(
      timedOut ? 'PROMETHEUS_TIMEOUT' : 'PROMETHEUS_UNREACHABLE',
      timedOut ? `${shown} did not answer in time` : `${shown} could not be reached`,
      'check the URL and that this machine may connect to it',
      { retryable: true, cause },
    );
  }
}

async function readCapped(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new ProviderError(
        'PROMETHEUS_ANSWER_TOO_LARGE',
        `the answer is larger than ${maxBytes} bytes`,
        'narrow the labels of the query or use a larger step',
        { retryable: false },
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function refused(shown: string, status: number, retryAfter: string | null, body: unknown): Error {
  const said = isRecord(body) && typeof body.error === 'string' ? `: ${clip(body.error)}` : '';
  const type = isRecord(body) ? body.errorType : undefined;
  if (status === 401 || status === 403) {
    return new PermissionError(
      'PROMETHEUS_FORBIDDEN',
      `${shown} answered ${status}`,
      'give the token or user that the configuration names the right to query',
    );
  }
  if (type === 'bad_data' || (status === 400 && type === undefined)) {
    return new ConfigError(
      'PROMETHEUS_QUERY',
      `Prometheus does not accept the query${said}`,
      'correct the metric name, the labels or the expression',
    );
  }
  const retryable = status === 429 || status >= 500 || type === 'timeout' || type === 'canceled';
  return new ProviderError(
    'PROMETHEUS_ERROR',
    `${shown} answered ${status}${said}`,
    retryable ? 'try again later' : 'simplify the query or raise the limits of Prometheus',
    { retryable, retryAt: retryTime(retryAfter) },
  );
}

/** Thanos and Mimir answer 200 with `warnings` when a store was missing; VictoriaMetrics says `isPartial`. */
function refusePartialData(shown: string, body: Readonly<Record<string, unknown>>): void {
  const warnings = Array.isArray(body.warnings) ? body.warnings.map(String) : [];
  if (warnings.length === 0 && body.isPartial !== true) return;
  throw new ProviderError(
    'PROMETHEUS_PARTIAL',
    `${shown} answered with warnings, so its data may be partial: ${clip(warnings.join('; ') || 'isPartial')}`,
    'bring back the missing store, or correct what the warning names',
    { retryable: true },
  );
}

function retryTime(retryAfter: string | null): number | undefined {
  if (retryAfter === null || !/^\d{1,6}$/.test(retryAfter)) return undefined;
  return Date.now() + Number(retryAfter) * 1_000;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function clip(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

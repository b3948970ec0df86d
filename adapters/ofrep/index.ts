import { z } from 'zod';
import { ConductorError, ConfigError, ProviderError } from '../../core/errors.ts';

export interface OfrepOptions {
  /** Base URL; `/ofrep/v1/…` is added. */
  readonly url: string;
  readonly fetch: typeof fetch;
  /** One evaluation may take this long, ms. */
  readonly timeoutMs?: number;
}

export interface Evaluation {
  readonly value: unknown;
  readonly variant: string | null;
}

const answerSchema = z.looseObject({ value: z.unknown(), variant: z.string().nullish() });
const defaultTimeoutMs = 10_000;

/**
 * One evaluation by the OpenFeature Remote Evaluation Protocol (github.com/open-feature/protocol, version 0.2:
 * `POST /ofrep/v1/evaluate/flags/{key}`). Null: the provider does not know the flag.
 *
 * @throws ProviderError when the provider does not answer as documented, ConfigError when it refuses us.
 */
export async function evaluateFlag(
  { url, fetch, timeoutMs = defaultTimeoutMs }: OfrepOptions,
  flag: string,
  context: Readonly<Record<string, unknown>>,
): Promise<Evaluation | null> {
  const address = new URL(
    `${new URL(url).pathname.replace(/\/$/, '')}/ofrep/v1/evaluate/flags/${encodeURIComponent(flag)}`,
    url,
  );
  const { status, text } = await post(address, { context }, fetch, timeoutMs);
  if (status === 404) return null;
  if (status === 401 || status === 403) throw refused(address, status);
  const parsed = status === 200 ? answerSchema.safeParse(parseJson(text)) : null;
  if (parsed?.success === true) return { value: parsed.data.value, variant: parsed.data.variant ?? null };
  throw new ProviderError(
    'OFREP_UNEXPECTED',
    `${address.origin} answered ${status} to the evaluation of ${flag}`,
    'Check that it speaks the OpenFeature Remote Evaluation Protocol.',
    { retryable: status === 429 || status >= 500 },
  );
}

async function post(
  address: URL,
  body: unknown,
  fetch: typeof globalThis.fetch,
  timeoutMs: number,
): Promise<{ readonly status: number; readonly text: string }> {
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: answer.status, text: (await answer.text()).slice(0, 1_000_000) };
  } catch (cause) {
    if (cause instanceof ConductorError) throw cause;
    throw new ProviderError(
      'OFREP_UNREACHABLE',
      `${address.origin} did not answer`,
      'Check the URL and that the Conductor may connect to it.',
      { retryable: true, cause },
    );
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refused(address: URL, status: number): ConfigError {
  return new ConfigError(
    'OFREP_FORBIDDEN',
    `${address.origin} answered ${status}`,
    'Let the Conductor evaluate flags there, or name another `flags.confirm.url`.',
  );
}

import { describe, expect, it } from 'vitest';
import { prometheusSource } from '../../../adapters/prometheus/index.ts';

/** What a provider may answer, one by one: the source must tell them apart. */
const answers =
  (status: number, body: unknown, headers: Record<string, string> = {}): typeof fetch =>
  async () =>
    new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });

const vector = (...result: unknown[]) => ({ status: 'success', data: { resultType: 'vector', result } });
const source = (fetcher: typeof fetch) =>
  prometheusSource({ url: 'http://prom.test:9090/prefix/', fetch: fetcher });
const ask = (fetcher: typeof fetch) => source(fetcher).query?.('up', 1_000_000);

describe('what a Prometheus may answer', () => {
  it.each([
    [
      'a refused query',
      400,
      { status: 'error', errorType: 'bad_data', error: 'parse error' },
      'ConfigError',
      undefined,
    ],
    [
      'a query that is too heavy',
      422,
      { status: 'error', errorType: 'execution', error: 'too many samples' },
      'ProviderError',
      false,
    ],
    [
      'a query that took too long',
      503,
      { status: 'error', errorType: 'timeout', error: 'timed out' },
      'ProviderError',
      true,
    ],
    [
      'an internal error',
      500,
      { status: 'error', errorType: 'internal', error: 'disk' },
      'ProviderError',
      true,
    ],
    [
      'an error under status 200',
      200,
      { status: 'error', errorType: 'internal', error: 'disk' },
      'ProviderError',
      false,
    ],
    ['a page of a proxy', 502, '<html>Bad gateway</html>', 'ProviderError', true],
    ['a page under status 200', 200, '<html>Log in</html>', 'ProviderError', false],
    ['a denial', 403, 'no', 'PermissionError', undefined],
    ['a rate limit', 429, 'slow down', 'ProviderError', true],
    [
      'warnings of a store that was missing',
      200,
      { ...vector(), warnings: ['no store matched'] },
      'ProviderError',
      true,
    ],
    ['a partial answer', 200, { ...vector(), isPartial: true }, 'ProviderError', true],
    [
      'another shape',
      200,
      { status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: 'x' }] } },
      'ProviderError',
      false,
    ],
    ['a value that is no number', 200, vector({ metric: {}, value: [1, 'one'] }), 'ProviderError', false],
    ['a native histogram', 200, vector({ metric: {}, histogram: [1, {}] }), 'ProviderError', false],
  ] as const)('%s', async (_what, status, body, name, retryable) => {
    const error = await ask(answers(status, body))?.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name, ...(retryable === undefined ? {} : { retryable }) });
  });

  it('infos are not warnings', async () => {
    expect(await ask(answers(200, { ...vector(), infos: ['metric might not be a counter'] }))).toEqual([]);
  });

  it('waits as long as it is told', async () => {
    const error = await ask(answers(429, '', { 'retry-after': '30' }))?.catch((thrown: unknown) => thrown);
    expect((error as { retryAt: number }).retryAt).toBeGreaterThan(Date.now() + 25_000);
  });

  it.each([
    ['a refused connection', new TypeError('fetch failed'), 'PROMETHEUS_UNREACHABLE'],
    ['a time-out', new DOMException('timed out', 'TimeoutError'), 'PROMETHEUS_TIMEOUT'],
  ])('%s is retryable', async (_what, thrown, code) => {
    const failing: typeof fetch = async () => {
      throw thrown;
    };
    await expect(ask(failing)).rejects.toMatchObject({ code, retryable: true });
  });

  it('stops reading an answer that is too large', async () => {
    const huge: typeof fetch = async () => new Response('x'.repeat(2_000));
    const small = prometheusSource({ url: 'http://prom.test', fetch: huge, maxBytes: 1_000 });
    await expect(small.query?.('up', 0)).rejects.toMatchObject({ code: 'PROMETHEUS_ANSWER_TOO_LARGE' });
  });

  it('keeps a path prefix, sends credentials as a header and never shows them', async () => {
    const seen: { url: string; authorization: string | null }[] = [];
    const recording: typeof fetch = async (input, init) => {
      seen.push({ url: String(input), authorization: new Headers(init?.headers).get('authorization') });
      return new Response('nope', { status: 500 });
    };
    const guarded = prometheusSource({ url: 'http://me:s3cret@prom.test/prefix', fetch: recording });
    const error = await guarded.query?.('up', 1_500)?.catch((thrown: unknown) => thrown as Error);
    expect(seen).toEqual([
      {
        url: 'http://prom.test/prefix/api/v1/query?query=up&time=1.500',
        authorization: `Basic ${btoa('me:s3cret')}`,
      },
    ]);
    expect(JSON.stringify(error) + String((error as Error).message)).not.toContain('s3cret');
  });

  it('posts what is too long for an address', async () => {
    const seen: (string | undefined)[] = [];
    const recording: typeof fetch = async (_input, init) => {
      seen.push(init?.method);
      return new Response(JSON.stringify(vector()));
    };
    await source(recording).query?.(`up{a="${'x'.repeat(3_000)}"}`, 0);
    expect(seen).toEqual(['POST']);
  });

  it('takes larger steps rather than more points than Prometheus allows', async () => {
    const seen: URL[] = [];
    const recording: typeof fetch = async (input) => {
      seen.push(new URL(String(input)));
      return new Response(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } }));
    };
    await source(recording).range('up', {}, { from: 0, to: 30 * 86_400_000, step: 1_000 });
    const step = Number(seen[0]?.searchParams.get('step'));
    expect((30 * 86_400) / step).toBeLessThanOrEqual(11_000);
  });
});

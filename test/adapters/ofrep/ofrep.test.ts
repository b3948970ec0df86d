import { describe, expect, it } from 'vitest';
import { evaluateFlag } from '../../../adapters/ofrep/index.ts';
import { ConductorError } from '../../../core/errors.ts';

const url = 'https://flags.example.com/base/';
const answering = (status: number, body: string, seen: string[] = []): typeof fetch =>
  (async (input: URL, init: RequestInit) => {
    seen.push(`${init.method} ${input.href} ${init.body}`);
    return new Response(body, { status });
  }) as unknown as typeof fetch;

describe('an evaluation by the OpenFeature Remote Evaluation Protocol', () => {
  it('posts the context to the flag of that key, under the path of the base address', async () => {
    const seen: string[] = [];
    const fetch = answering(200, '{"key":"a/b","value":true,"variant":"on","reason":"SPLIT"}', seen);
    expect(await evaluateFlag({ url, fetch }, 'a/b', { targetingKey: 'u' })).toEqual({
      value: true,
      variant: 'on',
    });
    expect(seen).toEqual([
      'POST https://flags.example.com/base/ofrep/v1/evaluate/flags/a%2Fb {"context":{"targetingKey":"u"}}',
    ]);
  });

  it('of a flag that is not known is null', async () => {
    expect(
      await evaluateFlag({ url, fetch: answering(404, '{"errorCode":"FLAG_NOT_FOUND"}') }, 'x', {}),
    ).toBeNull();
  });

  it.each([
    [401, '', 'OFREP_FORBIDDEN', undefined],
    [500, '', 'OFREP_UNEXPECTED', true],
    [429, '', 'OFREP_UNEXPECTED', true],
    [400, '{"errorCode":"PARSE_ERROR"}', 'OFREP_UNEXPECTED', false],
    [200, 'no json', 'OFREP_UNEXPECTED', false],
  ])('answered with %i %j is %s, tried again: %s', async (status, body, code, retryable) => {
    const error = await evaluateFlag({ url, fetch: answering(status, body) }, 'x', {}).catch(
      (one: unknown) => one,
    );
    expect(error).toBeInstanceOf(ConductorError);
    expect(error).toMatchObject({ code });
    expect((error as { retryable?: boolean }).retryable).toBe(retryable);
  });

  it('that nobody answers is tried again', async () => {
    const fetch = (async () =>
      Promise.reject(new TypeError('refused'))) as unknown as typeof globalThis.fetch;
    await expect(evaluateFlag({ url, fetch }, 'x', {})).rejects.toMatchObject({
      code: 'OFREP_UNREACHABLE',
      retryable: true,
    });
  });
});

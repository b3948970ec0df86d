import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { notifyVariable } from '../../app/effects/call-target.ts';
import { notify } from '../../app/effects/notify.ts';
import type { EffectContext } from '../../app/effects/performer.ts';
import { ConductorError, ProviderError } from '../../core/errors.ts';

const effect = {
  kind: 'notify',
  target: { kind: 'slack', name: 'releases' },
  event: 'rollback',
  text: 'acme/shop `v1.1.0` is being rolled back',
  release: 'v1.1.0',
} as const;

async function target(status: number): Promise<{ url: string; received: { key: unknown; body: unknown }[] }> {
  const received: { key: unknown; body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    received.push({
      key: request.headers['idempotency-key'],
      body: JSON.parse(Buffer.concat(chunks).toString()),
    });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`, received };
}

function contextOf(url: string | undefined): EffectContext {
  const aggregate = { kind: 'release', repository: 'acme/shop', key: 'v1.1.0' } as const;
  return { key: 'k1', aggregate, fetch, notifyUrl: () => url } as unknown as EffectContext;
}

describe('a notification', () => {
  it('reaches a Slack-compatible address with its text and key', async () => {
    const { url, received } = await target(200);
    expect(await notify(effect, contextOf(url))).toEqual({ settled: { status: 200 } });
    expect(received).toEqual([{ key: 'k1', body: { text: effect.text } }]);
  });

  it('tells a webhook what happened to which release', async () => {
    const { url, received } = await target(204);
    await notify({ ...effect, target: { kind: 'webhook', name: 'pager' } }, contextOf(url));
    expect(received[0]?.body).toMatchObject({ schema_version: 1, event: 'rollback', release: 'v1.1.0' });
  });

  it.each([
    [503, true],
    [429, true],
    [404, false],
  ])('that is answered with %i is tried again: %j; the address stays secret', async (status, retryable) => {
    const { url } = await target(status);
    const error = await notify(effect, contextOf(url)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProviderError);
    expect((error as ProviderError).retryable).toBe(retryable);
    expect(`${(error as Error).message} ${(error as ProviderError).help}`).not.toContain('secret');
  });

  it('calls nobody in a simulation', async () => {
    const { url, received } = await target(200);
    const settled = await notify(effect, { ...contextOf(url), simulate: true });
    expect(settled).toEqual({ settled: { status: 202 } });
    expect(received).toEqual([]);
  });

  it('to a target that nobody gave an address for says which variable is missing', async () => {
    const error = await notify(effect, contextOf(undefined)).catch((reason: unknown) => reason);
    expect((error as ConductorError).help).toContain('NOTIFY_RELEASES_URL');
    expect(error).toBeInstanceOf(ConductorError);
    expect(notifyVariable('exec-team')).toBe('NOTIFY_EXEC_TEAM_URL');
  });
});

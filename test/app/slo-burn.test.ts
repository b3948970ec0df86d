import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scrapeSource } from '../../adapters/scrape/index.ts';
import type { EffectContext } from '../../app/effects/performer.ts';
import { readBurn } from '../../app/effects/slo-burn.ts';

async function exposition(good: number, bad: number): Promise<string> {
  const text = [
    '# TYPE http_requests_total counter',
    `http_requests_total{code="200"} ${good}`,
    `http_requests_total{code="500"} ${bad}`,
    '',
  ].join('\n');
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const configOf = (url: string): string => `version: 1
trusted_workflows: [.github/workflows/gates.yml]
gates:
  slo:
    source: { kind: scrape, url: "${url}/metrics" }
    objectives: [{ name: availability, target: 0.99 }]
    golden_paths: { file: paths.yaml, base_url: "http://127.0.0.1:1" }
`;

function contextOf(config: string | null): EffectContext {
  const files = {
    list: async () => [],
    read: async (path: string) =>
      config !== null && path === '.github/release-conductor.yml' ? new TextEncoder().encode(config) : null,
  };
  return {
    aggregate: { kind: 'release', repository: 'acme/shop', key: 'v1.1.0' },
    forge: { repository: 'acme/shop', filesAt: () => files },
    metricsSource: (_kind: string, url: string) => scrapeSource({ url, fetch, clock: { now: Date.now } }),
    now: Date.now,
  } as unknown as EffectContext;
}

const sha = 'a'.repeat(40);

describe('the SLO burn at the moment of a promotion', () => {
  it.each([
    ['nothing fails', 100_000, 0, 0],
    ['half of the requests fail', 50_000, 50_000, 1],
  ])('when %s', async (_name, good, bad, burning) => {
    expect(await readBurn(sha, contextOf(configOf(await exposition(good, bad))))).toBe(burning);
  });

  it.each([
    ['there is no config', null],
    ['the config has no slo section', 'version: 1\n'],
  ])('is not asked for when %s', async (_name, config) => {
    expect(await readBurn(sha, contextOf(config))).toBeUndefined();
  });

  it.each([
    ['nobody answers', configOf('http://127.0.0.1:1')],
    ['the config is none', '{'],
  ])('is not known when %s', async (_name, config) => {
    expect(await readBurn(sha, contextOf(config))).toBeNull();
  });
});

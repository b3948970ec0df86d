import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../core/config/parse.ts';
import type { ReleaseConfig } from '../../core/config/schema.ts';
import { atFirstStep, scrapedWorld } from './scraped-world.ts';

/** The file of a repository that compares one figure besides errors and latency. */
function configWith(figure: string): ReleaseConfig {
  const text = `version: 1
trusted_workflows: [".github/workflows/gates.yml"]
release:
  service: checkout
  metrics:
    kind: scrape
    url: http://shop:9100/metrics
    match: { service: checkout }
    compare:
      - ${figure}
  canary: { interval: 1s, soak: 20s, no_data_after: 30s, min_requests: 50 }
`;
  const { release } = parseConfig(text).config;
  if (release === undefined) throw new Error('no release section');
  return release;
}

/** Values of one version: a gauge, orders for each request, and error lines in its log for each request. */
interface Version {
  readonly pool?: number;
  readonly orders?: number;
  readonly lines?: number;
}

/** What the endpoint shows after `seconds` of 100 requests a second, 10 % of them to the canary. */
function exposition(seconds: number, canary: Version): string {
  const version = (
    name: string,
    rps: number,
    { pool = 0.5, orders = 0.2, lines = 0.02 }: Version,
  ): string => {
    const labels = `version="${name}",environment="production",instance="${name}-1",service="checkout"`;
    const requests = Math.floor(seconds * rps);
    const wobble = 0.01 * Math.sin(seconds * 2.4);
    return [
      `http_requests_total{${labels},code="200"} ${requests}`,
      `db_pool_usage{${labels}} ${pool + wobble}`,
      `orders_total{${labels}} ${Math.floor(requests * orders)}`,
      `log_lines_total{${labels},level="error"} ${Math.floor(requests * lines)}`,
      `log_lines_total{${labels},level="info"} ${requests * 7}`,
    ].join('\n');
  };
  const other = 'db_pool_usage{version="v1.1.0",environment="production",instance="x",service="search"} 0.99';
  return `${version('v1.0.0', 90, {})}\n${version('v1.1.0', 10, canary)}\n${other}\n`;
}

/** Four minutes of the canary's first step. */
async function play(figure: string, canary: Version) {
  let began = Number.POSITIVE_INFINITY;
  const world = scrapedWorld(configWith(figure), (now) =>
    exposition(Math.max(0, (now - began) / 1_000), canary),
  );
  await atFirstStep(world);
  began = world.now;
  const until = began + 240_000;
  await world.play((one) => one.now >= until || one.state.phase === 'rolled_back', 20_000);
  return world.state;
}

const limit = '{ name: pool, gauge: db_pool_usage, limit: 0.9 }';

describe('a figure that the config names beside errors and latency', () => {
  it.each([
    ['saturation above a limit', limit, { pool: 0.95 }, 'pool is above its limit of 0.9'],
    [
      'saturation above the baseline, where that shall roll back',
      '{ name: pool, gauge: db_pool_usage, tolerated: 0.1, on_worse: rollback }',
      { pool: 0.8 },
      'pool is higher than the baseline',
    ],
    [
      'fewer orders: a business metric of which more is better',
      '{ name: orders, events: orders_total, worse: lower }',
      { orders: 0.02 },
      'orders is lower than the baseline',
    ],
    [
      'more error lines in the log',
      '{ name: log-errors, events: log_lines_total, match: { level: error } }',
      { lines: 0.5 },
      'log-errors is higher than the baseline',
    ],
  ])('rolls the release back: %s', async (_name, figure, canary, reason) => {
    const { phase, hold } = await play(figure, canary);
    expect(phase).toBe('rolled_back');
    expect(hold).toMatchObject({ code: 'CANARY_BREACH', reason: expect.stringContaining(reason) as unknown });
  });

  it('lets the release be ready when it is fine, whatever another service shows', async () => {
    const { phase, measuring } = await play(limit, { pool: 0.6 });
    expect(phase).toBe('soaking');
    expect(measuring?.verdict).toBe('ready');
  });

  it('only holds the promotion up where it is compared and nothing else is said', async () => {
    const { phase, measuring } = await play('{ name: pool, gauge: db_pool_usage, tolerated: 0.1 }', {
      pool: 0.8,
    });
    expect(phase).toBe('soaking');
    expect(measuring?.verdict).toBe('continue');
    expect(measuring?.reasons.map(({ code }) => code)).toContain('WORSE_THAN_BASELINE');
  });
});

import { describe, expect, it } from 'vitest';
import type { World } from '../core/release/world.ts';
import { config } from '../core/support/facts.ts';
import { type Answer, atFirstStep, scrapedWorld } from './scraped-world.ts';

/** What the metrics endpoint answers at `second` of the canary's first step. */
type Endpoint = (second: number) => Answer;

const plan = { config: config({}, { metrics: { kind: 'scrape', url: 'http://shop:9100/metrics' } }) };

function exposition(second: number, rate: number | 'NaN', versions = ['v1.0.0', 'v1.1.0']): string {
  const lines = versions.flatMap((version) => {
    const requests = rate === 'NaN' ? 'NaN' : Math.floor(second * rate);
    return [
      `http_requests_total{version="${version}",environment="production",instance="${version}-1",code="200"} ${requests}`,
    ];
  });
  return `# TYPE http_requests_total counter\n${lines.join('\n')}\n`;
}

/** The release machine at 10 %, fed by the real scraper from such an endpoint; then somebody asks for 50 %. */
async function outcome(
  endpoint: Endpoint,
  jump = 0,
): Promise<{ world: World; codes: readonly string[]; reply: string }> {
  let began = Number.POSITIVE_INFINITY;
  const world = scrapedWorld(plan.config, (now) => endpoint(Math.max(0, (now - began) / 1_000)));
  await atFirstStep(world);
  began = world.now;
  if (jump !== 0) {
    await world.play((one) => one.now >= began + 3_000);
    world.now += jump;
  }
  const asked = world.now + 29_000;
  await world.play((one) => one.now >= asked, 4_200);
  const { hold, measuring } = world.state;
  const seen = world.audit.flatMap(({ action, reasonCode }) =>
    action === 'canary.reading' ? [reasonCode ?? ''] : [],
  );
  const codes = [
    ...(hold === null ? [] : [hold.code]),
    ...(measuring?.reasons ?? []).map(({ code }) => code),
    ...seen,
  ];
  world.say('/promote 50');
  await world.play((one) => one.comments.some((text) => /`\/promote 50`/.test(text)), 4_200);
  return { world, codes, reply: world.comments.at(-1) ?? '' };
}

const cases: readonly [name: string, endpoint: Endpoint, code: string, jump?: number][] = [
  ['an empty vector', () => exposition(1, 1, []), 'NO_SERIES'],
  ['NaN', () => exposition(1, 'NaN'), 'VALUE_UNUSABLE'],
  ['three requests in total', (second) => exposition(Math.min(second, 3), 1), 'TOO_FEW_REQUESTS'],
  ['a provider that answers 500', () => 500, 'SCRAPE_ERROR'],
  ['a provider that does not answer in time', () => 'timeout', 'SCRAPE_TIMEOUT'],
  ['a counter that is reset', (second) => exposition(second < 10 ? second : second - 10, 2), 'COUNTER_RESET'],
  ['a clock that jumps an hour', (second) => exposition(Math.min(second, 30), 1), 'NO_DATA', 3_600_000],
];

describe('scenario 12: data that says nothing', () => {
  it.each<(typeof cases)[number]>(cases)(
    '%s has the outcome of its own, and promotes nothing',
    async (_name, endpoint, code, jump) => {
      const { world, codes, reply } = await outcome(endpoint, jump);
      expect(codes).toContain(code);
      const others = cases
        .map(([, , other]) => other)
        .filter((other) => other !== code && other !== 'TOO_FEW_REQUESTS');
      expect(codes.filter((found) => others.includes(found))).toEqual([]);
      expect(reply).toMatch(/RELEASE_HELD|NOT_READY/);
      expect([world.weight, world.state.step]).toEqual([10, 1]);
    },
  );
});

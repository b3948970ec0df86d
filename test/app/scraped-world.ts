import { scrapeSource } from '../../adapters/scrape/index.ts';
import { readArms } from '../../core/canary/read-arms.ts';
import type { ReleaseConfig } from '../../core/config/schema.ts';
import { ConductorError } from '../../core/errors.ts';
import { World } from '../core/release/world.ts';

/** What a metrics endpoint answers now: a text, a status, or nothing in time. */
export type Answer = string | number | 'timeout';

/** The release machine at work, fed by the real scraper from an endpoint; nobody promotes by himself. */
export function scrapedWorld(config: ReleaseConfig, endpoint: (now: number) => Answer): World {
  const fetched: typeof fetch = async () => {
    const answer = endpoint(world.now);
    if (answer === 'timeout') throw Object.assign(new Error('too late'), { name: 'TimeoutError' });
    return typeof answer === 'number' ? new Response('', { status: answer }) : new Response(answer);
  };
  const world: World = new World({
    promotes: false,
    plan: { config },
    measure: async ({ environment, canary, baseline }) => {
      if (environment === 'stage') {
        const none = { version: '', instances: [] };
        return { reading: { at: world.now, canary: none, baseline: none }, problem: null };
      }
      const clock = { now: () => world.now };
      const source = scrapeSource({ url: 'http://shop:9100/metrics', fetch: fetched, clock });
      const { metrics } = config;
      try {
        const reading = await readArms(source, { metrics, environment, canary, baseline, at: world.now });
        return { reading, problem: null };
      } catch (error) {
        if (!(error instanceof ConductorError)) throw error;
        return { reading: null, problem: `${error.code}: ${error.message}` };
      }
    },
  });
  return world;
}

/** Its first step in production. */
export async function atFirstStep(world: World): Promise<World> {
  await world.play((one) => one.state.phase === 'stage_verified');
  world.say('/promote 10');
  return world.play((one) => one.state.phase === 'soaking');
}

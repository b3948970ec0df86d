import { beforeEach, describe, expect, it } from 'vitest';
import { connect, type Database, migrate, saveAggregate } from '../../adapters/postgres/index.ts';
import { everybody } from '../../app/http/access/viewer.ts';
import { createPages } from '../../app/http/pages.ts';
import { silentLog } from '../../core/ports/system.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { World } from '../core/release/world.ts';
import { atTestEnd, createTestDatabase } from '../support/postgres.ts';

let database: Database;
beforeEach(async () => {
  const { url } = await createTestDatabase(atTestEnd, 'schema');
  database = await connect({ url, log: silentLog });
  atTestEnd(() => database.close());
  await migrate(database);
});

async function pageOf(state: ReleaseState, path = '/canary/acme/shop/v1.1.0'): Promise<Response> {
  const ref = { kind: 'release', repository: 'acme/shop', key: 'v1.1.0' } as const;
  await database.transaction((tx) => saveAggregate(tx, ref, state, false, 0));
  return createPages({ database, registry: {} as never, simulate: false, githubUrl: '' }).request(
    path,
    {},
    { viewer: everybody },
  );
}

describe('the page of a canary', () => {
  it('shows both versions, the evidence, when it would have been decided, and the e-values over time', async () => {
    const world = await new World({ promotes: true }).play(({ state }) => state.step === 2);
    const text = await (await pageOf(world.state)).text();
    expect(text).toContain('<h2>10 %: ready</h2>');
    for (const part of ['<td>canary</td>', 'harm, all merged', 'would have been decided', '<svg']) {
      expect(text).toContain(part);
    }
  });

  it('shows the step that is measured now', async () => {
    const world = await new World().play(({ state }) => (state.measuring?.log.ticks.length ?? 0) > 3);
    expect(await (await pageOf(world.state)).text()).toMatch(/<h2>(Stage|10 %), now: /);
  });

  it('says why a version was taken back', async () => {
    const world = await new World({ promotes: true, errorRate: () => 0.4 }).play(
      ({ state }) => state.phase === 'rolled_back',
    );
    const text = await (await pageOf(world.state)).text();
    expect(text).toContain('<h2>10 %: rollback</h2>');
    expect(text).toMatch(/error rate [\d.]+ %/);
  });

  it('is linked from the releases, and is not found for another one', async () => {
    const { state } = await new World().play(({ state: { phase } }) => phase === 'gating');
    expect(await (await pageOf(state, '/')).text()).toContain('href="/canary/acme/shop/v1.1.0"');
    expect((await pageOf(state, '/canary/acme/shop/v9')).status).toBe(404);
    expect(await (await pageOf(state)).text()).toContain('Nothing was measured yet');
  });
});

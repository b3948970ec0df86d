import { beforeEach, describe, expect, it } from 'vitest';
import { connect, type Database, migrate, saveAggregate } from '../../adapters/postgres/index.ts';
import { everybody } from '../../app/http/access/viewer.ts';
import { createPages } from '../../app/http/pages.ts';
import { silentLog } from '../../core/ports/system.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { World } from '../core/release/world.ts';
import { chromiumPath, openBrowser } from '../support/browser.ts';
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

describe.skipIf(chromiumPath === undefined)('the pages on a phone, in the dark, without script', () => {
  it('are no wider than the screen, and say what each thing is', async () => {
    const world = await new World({ promotes: true, errorRate: () => 0.4 }).play(
      ({ state }) => state.phase === 'rolled_back',
    );
    const browser = await openBrowser();
    const context = await browser.newContext({
      javaScriptEnabled: false,
      colorScheme: 'dark',
      viewport: { width: 320, height: 640 },
    });
    const page = await context.newPage();
    for (const path of ['/', '/canary/acme/shop/v1.1.0']) {
      await page.setContent(await (await pageOf(world.state, path)).text());
      const shot = process.env.SCREENSHOTS;
      if (shot !== undefined) await page.screenshot({ path: `${shot}/${path.length}.png`, fullPage: true });
      const width = await page.locator('html').evaluate(({ scrollWidth }) => scrollWidth);
      expect({ path, width }).toEqual({ path, width: 320 });
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      expect(await page.getByRole('main').count()).toBe(1);
      expect(await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').count()).toBe(3);
      const headless = page.locator('table:not(:has(th[scope=col]))');
      expect(await headless.count()).toBe(0);
      const unnamed = page.locator('svg:not(:has(title)), [tabindex]:not([aria-label])');
      expect(await unnamed.count()).toBe(0);
    }
    expect(await page.locator('style').textContent()).toContain('color-scheme: light dark');
  });
});

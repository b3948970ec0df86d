import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Registry } from 'prom-client';
import { type Database, listAggregates, type StoredAggregate } from '../../adapters/postgres/index.ts';
import type { ChangeState } from '../../core/change/state.ts';
import { phaseText } from '../../core/release/phase.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { readCanaryPage } from './canary-page.ts';

export interface PagePorts {
  readonly database: Database;
  readonly registry: Registry;
  readonly simulate: boolean;
}

/** Health, metrics and the status page. `html` escapes what stands in it. */
export function createPages({ database, registry, simulate }: PagePorts): Hono {
  const pages = new Hono();
  pages.get('/health', (context) => context.json({ status: 'ok' }));
  pages.get('/ready', async (context) => {
    const ready = await database.query('select 1 from pgboss.version').then(
      () => true,
      () => false,
    );
    return context.json({ status: ready ? 'ready' : 'database or queue not reachable' }, ready ? 200 : 503);
  });
  pages.get('/metrics', async (context) =>
    context.body(await registry.metrics(), 200, { 'content-type': registry.contentType }),
  );
  pages.get('/canary/:owner/:repo/:tag{.+}', async (context) => {
    const { owner, repo, tag } = context.req.param();
    const page = await readCanaryPage(database, `${owner}/${repo}`, tag);
    context.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    return page === null ? context.notFound() : context.html(page);
  });
  pages.get('/', async (context) => {
    const [releases, changes] = await Promise.all([
      listAggregates(database, { kind: 'release', limit: 50 }),
      listAggregates(database, { kind: 'change', open: true, limit: 50 }),
    ]);
    context.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
    return context.html(page(releases, changes, simulate));
  });
  return pages;
}

function page(
  releases: readonly StoredAggregate[],
  changes: readonly StoredAggregate[],
  simulate: boolean,
): ReturnType<typeof html> {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Release Conductor</title>
        <style>
          body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark; }
          table { border-collapse: collapse; width: 100%; }
          th, td { text-align: left; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid #8884; }
        </style>
      </head>
      <body>
        <h1>Release Conductor</h1>
        ${simulate ? html`<p><strong>Simulation:</strong> nothing is written to GitHub.</p>` : ''}
        <h2>Releases</h2>
        <table>
          <tr><th>Repository</th><th>Release</th><th>Phase</th><th>Traffic</th><th>Held</th></tr>
          ${releases.map(releaseRow)}
        </table>
        <h2>Open changes</h2>
        <table>
          <tr><th>Repository</th><th>Change</th><th>Head</th><th>Verdicts</th></tr>
          ${changes.map(changeRow)}
        </table>
      </body>
    </html>`;
}

function releaseRow({ ref, state }: StoredAggregate): ReturnType<typeof html> {
  const { phase, weight, hold } = state as ReleaseState;
  return html`<tr><td>${ref.repository}</td><td><a href="/canary/${ref.repository}/${encodeURIComponent(ref.key)}">${ref.key}</a></td><td>${phaseText[phase]}</td><td>${weight} %</td><td>${hold?.reason ?? ''}</td></tr>`;
}

function changeRow({ ref, state }: StoredAggregate): ReturnType<typeof html> {
  const { sha, gates } = state as ChangeState;
  const verdicts = Object.entries(gates).map(([gate, record]) => `${gate}: ${record.verdict}`);
  return html`<tr><td>${ref.repository}</td><td>${ref.key}</td><td>${sha.slice(0, 12)}</td><td>${verdicts.join(', ')}</td></tr>`;
}

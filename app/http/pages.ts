import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Registry } from 'prom-client';
import { type Database, listAggregates, type StoredAggregate } from '../../adapters/postgres/index.ts';
import type { ChangeState } from '../../core/change/state.ts';
import { phaseText } from '../../core/release/phase.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import { trafficOf } from '../../core/release/steps.ts';
import type { Examined } from '../doctor.ts';
import { readable, viewerOf } from './access/viewer.ts';
import { readCanaryPage } from './canary-page.ts';
import { doctorPage } from './doctor-page.ts';
import { governanceRow, listGoverned, readGovernancePage } from './governance-page.ts';

export interface PagePorts {
  readonly database: Database;
  readonly registry: Registry;
  readonly simulate: boolean;
  /** Where people see GitHub. */
  readonly githubUrl: string;
  /** Looks at a repository from outside; absent where GitHub cannot be asked. */
  readonly examine?: (repository: string) => Promise<readonly Examined[]>;
}

const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** Health, metrics and the status page. `html` escapes what stands in it. */
export function createPages({ database, registry, simulate, githubUrl, examine }: PagePorts): Hono {
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
    context.header('content-security-policy', pagePolicy);
    return page === null ? context.notFound() : context.html(page);
  });
  const place = '/:owner{[A-Za-z0-9][A-Za-z0-9-]*}/:repo{[A-Za-z0-9._-]+}';
  pages.get(`/governance${place}`, async (context) => {
    const { owner, repo } = context.req.param();
    const found = await readGovernancePage(database, `${owner}/${repo}`, githubUrl);
    context.header('content-security-policy', pagePolicy);
    return found === null ? context.notFound() : context.html(found);
  });
  pages.get(`/doctor${place}`, async (context) => {
    const { owner, repo } = context.req.param();
    if (examine === undefined) return context.notFound();
    context.header('content-security-policy', pagePolicy);
    context.header('cache-control', 'no-store');
    return context.html(doctorPage(`${owner}/${repo}`, await examine(`${owner}/${repo}`)));
  });
  pages.get('/', async (context) => {
    const lists = await Promise.all([
      listAggregates(database, { kind: 'release', limit: 50 }),
      listAggregates(database, { kind: 'change', open: true, limit: 50 }),
      listGoverned(database),
    ]);
    const viewer = viewerOf(context);
    const seen = await Promise.all(lists.map((list) => readable(viewer, list, ({ ref }) => ref.repository)));
    context.header('content-security-policy', pagePolicy);
    return context.html(page(seen[0] ?? [], seen[1] ?? [], seen[2] ?? [], simulate));
  });
  return pages;
}

function page(
  releases: readonly StoredAggregate[],
  changes: readonly StoredAggregate[],
  governed: readonly StoredAggregate[],
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
        <h2>Rules</h2>
        <table>
          <tr><th>Repository</th><th>State</th><th>To write</th><th>Last as declared</th></tr>
          ${governed.map(governanceRow)}
        </table>
        <p><a href="/previews">Previews</a> · <a href="/audit">Audit log</a></p>
      </body>
    </html>`;
}

function releaseRow({ ref, state }: StoredAggregate): ReturnType<typeof html> {
  const { phase, hold } = state as ReleaseState;
  return html`<tr><td>${ref.repository}</td><td><a href="/canary/${ref.repository}/${encodeURIComponent(ref.key)}">${ref.key}</a></td><td>${phaseText[phase]}</td><td>${trafficText(state as ReleaseState)}</td><td>${hold?.reason ?? ''}</td></tr>`;
}

/** `50 %`, or where there are several production environments `eu 100 %, us 50 %`. */
function trafficText(state: ReleaseState): string {
  const traffic = trafficOf(state);
  if (traffic.length <= 1) return `${state.weight} %`;
  return traffic.map(({ environment, weight }) => `${environment} ${weight} %`).join(', ');
}

function changeRow({ ref, state }: StoredAggregate): ReturnType<typeof html> {
  const { sha, gates } = state as ChangeState;
  const verdicts = Object.entries(gates).map(([gate, record]) => `${gate}: ${record.verdict}`);
  return html`<tr><td>${ref.repository}</td><td>${ref.key}</td><td>${sha.slice(0, 12)}</td><td>${verdicts.join(', ')}</td></tr>`;
}

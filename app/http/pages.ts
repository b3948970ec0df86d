import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Registry } from 'prom-client';
import { type Database, lostRepositories, type StoredAggregate } from '../../adapters/postgres/index.ts';
import type { ChangeState } from '../../core/change/state.ts';
import { hasEnded, phaseText } from '../../core/release/phase.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import type { Examined } from '../doctor.ts';
import { newestReadable } from './access/newest.ts';
import { viewerOf } from './access/viewer.ts';
import { readCanaryPage, trafficText } from './canary-page.ts';
import { doctorPage } from './doctor-page.ts';
import { governanceRow, readGovernancePage } from './governance-page.ts';
import { dashboardPage, type Html, pagePolicy, product, wideTable } from './layout.ts';

export interface PagePorts {
  readonly database: Database;
  readonly registry: Registry;
  readonly simulate: boolean;
  /** Where people see GitHub. */
  readonly githubUrl: string;
  /** Looks at a repository from outside; absent where GitHub cannot be asked. */
  readonly examine?: (repository: string) => Promise<readonly Examined[]>;
}

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
    const viewer = viewerOf(context);
    const [releases, changes, governed, lost] = await Promise.all([
      newestReadable(database, viewer, { kind: 'release', limit: 50 }),
      newestReadable(database, viewer, { kind: 'change', open: true, limit: 50 }),
      newestReadable(database, viewer, { kind: 'governance', limit: 1_000 }),
      lostRepositories(database),
    ]);
    const previews =
      lost.size === 0
        ? []
        : await newestReadable(database, viewer, { kind: 'preview', open: true, limit: 1_000 });
    const unreachable = [...releases.filter(isOpenRelease), ...previews].filter(({ ref }) =>
      lost.has(ref.repository),
    );
    context.header('content-security-policy', pagePolicy);
    return context.html(page({ releases, changes, governed, unreachable }, simulate));
  });
  return pages;
}

type Stored = readonly StoredAggregate[];

function page(
  {
    releases,
    changes,
    governed,
    unreachable,
  }: {
    readonly releases: Stored;
    readonly changes: Stored;
    readonly governed: Stored;
    /** Not ended, where the App is not any more. */
    readonly unreachable: Stored;
  },
  simulate: boolean,
): Html {
  return dashboardPage(
    product,
    html`${simulate ? html`<p><strong>Simulation:</strong> nothing is written to GitHub.</p>` : ''}
        <h2>Releases</h2>
        ${wideTable('Releases', ['Repository', 'Release', 'Phase', 'Traffic', 'Held'], releases.map(releaseRow))}
        ${
          unreachable.length === 0
            ? ''
            : html`<h2>Out of reach</h2>
        <p>The App was taken away from these repositories, or suspended. What is left there waits until it is back.</p>
        ${wideTable('Out of reach', ['Repository', 'What is left'], unreachable.map(unreachableRow))}`
        }
        <h2>Open changes</h2>
        ${wideTable('Open changes', ['Repository', 'Change', 'Head', 'Verdicts'], changes.map(changeRow))}
        <h2>Rules</h2>
        ${wideTable('Rules', ['Repository', 'State', 'To write', 'Last as declared'], governed.map(governanceRow))}`,
  );
}

function releaseRow({ ref, state }: StoredAggregate): Html {
  const { phase, hold } = state as ReleaseState;
  return html`<tr><td>${ref.repository}</td><td><a href="/canary/${ref.repository}/${encodeURIComponent(ref.key)}">${ref.key}</a></td><td>${phaseText[phase]}</td><td>${trafficText(state as ReleaseState)}</td><td>${hold?.reason ?? ''}</td></tr>`;
}

function isOpenRelease({ state }: StoredAggregate): boolean {
  return !hasEnded((state as ReleaseState).phase);
}

function unreachableRow({ ref }: StoredAggregate): Html {
  return html`<tr><td>${ref.repository}</td><td>${ref.kind} ${ref.key}</td></tr>`;
}

function changeRow({ ref, state }: StoredAggregate): Html {
  const { sha, gates } = state as ChangeState;
  const verdicts = Object.entries(gates).map(([gate, record]) => `${gate}: ${record.verdict}`);
  return html`<tr><td>${ref.repository}</td><td>${ref.key}</td><td>${sha.slice(0, 12)}</td><td>${verdicts.join(', ')}</td></tr>`;
}

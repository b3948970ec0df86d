import type { Context } from 'hono';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { type Database, readAggregate } from '../../adapters/postgres/index.ts';
import type { AggregateRef } from '../../core/flow/event.ts';
import { money } from '../../core/preview/budget.ts';
import { phaseOf } from '../../core/preview/comment.ts';
import { ledgerRow } from '../../core/preview/ledger.ts';
import { type PreviewState, previewRef } from '../../core/preview/state.ts';
import type { DomainEvent } from '../flow/decide.ts';
import { newestReadable } from './access/newest.ts';
import { viewerOf } from './access/viewer.ts';
import { dashboardPage, type Html, layout, pagePolicy, wideTable } from './layout.ts';

export interface PreviewPagePorts {
  readonly database: Database;
  readonly now: () => number;
  readonly tell: (ref: AggregateRef, event: DomainEvent) => Promise<void>;
}

const minute = 60_000;
/** Visits that are told in a minute, of all previews together: the gateway is no way to flood the store. */
const mostVisits = 120;
const path = '/previews/:owner{[A-Za-z0-9][A-Za-z0-9-]*}/:repo{[A-Za-z0-9._-]+}/:number{[1-9][0-9]{0,8}}';

/**
 * The gateway: whoever opens the page of a preview is sent to it, and wakes it if it sleeps. It leads only to addresses
 * that the repository's own pipeline reported, and shows nothing that the comment on the pull request does not.
 */
export function createPreviewPages({ database, now, tell }: PreviewPagePorts): Hono {
  const pages = new Hono();
  const limit = visitLimit(now);
  pages.get('/previews', async (context) => {
    const open = { kind: 'preview', open: true, limit: 1_000 } as const;
    const living = (await newestReadable(database, viewerOf(context), open))
      .map(({ ref, state }) => ({ repository: ref.repository, state: state as PreviewState }))
      .filter(({ state }) => state.mayExist || state.refusal !== null);
    return answer(context, listPage(living, now()));
  });
  pages.get(path, async (context) => {
    const { owner, repo, number } = context.req.param();
    const ref = previewRef(`${owner}/${repo}`, Number(number));
    const state = ((await readAggregate(database, ref))?.state ?? null) as PreviewState | null;
    if (state === null || !state.mayExist) return answer(context, gonePage(), 404);
    const isPerson = context.req.method === 'GET' && !isMachine(context.req.raw.headers);
    if (isPerson && limit(`${ref.repository}#${number}`)) await tell(ref, { type: 'preview.visited' });
    const { running, url, order } = state;
    if (running !== null && !running.asleep && url !== null && order?.status !== 'requested') {
      context.header('referrer-policy', 'no-referrer');
      context.header('cache-control', 'no-store');
      return context.redirect(url, 302);
    }
    return answer(context, waitingPage(state, now()));
  });
  return pages;
}

/** What fetches a link in order to show it somewhere else is no visit. */
function isMachine(headers: Headers): boolean {
  const purpose = headers.get('sec-purpose') ?? headers.get('purpose') ?? '';
  return /prefetch|prerender/i.test(purpose) || !(headers.get('accept') ?? '').includes('text/html');
}

/** One visit of a preview a minute counts, and so many of all. */
function visitLimit(now: () => number): (preview: string) => boolean {
  let begun = 0;
  const told = new Set<string>();
  return (preview) => {
    if (now() - begun >= minute) {
      begun = now();
      told.clear();
    }
    if (told.has(preview) || told.size >= mostVisits) return false;
    told.add(preview);
    return true;
  };
}

function answer(context: Context, body: Html, status: 200 | 404 = 200): Response | Promise<Response> {
  context.header('content-security-policy', pagePolicy);
  context.header('cache-control', 'no-store');
  context.header('referrer-policy', 'no-referrer');
  return context.html(body, status);
}

function waitingPage(state: PreviewState, now: number): Html {
  const { pullRequest, running } = state;
  const title = `Preview of #${pullRequest}: ${phaseOf(state, now)}`;
  const text =
    running?.asleep === true
      ? 'It wakes for this visit, if its budget allows it; the comment on the pull request says so if not.'
      : 'This page looks again every five seconds.';
  return layout(title, html`<main><h1>${title}</h1><p>${text}</p></main>`, 5);
}

function gonePage(): Html {
  return layout(
    'No preview',
    html`<main><h1>No preview</h1><p>There is none here. The comment on the pull request says why.</p></main>`,
  );
}

function listPage(
  living: readonly { readonly repository: string; readonly state: PreviewState }[],
  now: number,
): Html {
  const rows = living.map(({ repository, state }) => {
    const zone = state.config?.budget.time_zone ?? 'UTC';
    const { spentToday, perHour } = ledgerRow(state, repository, now, zone);
    const ends = state.expiresAt === null ? '' : new Date(state.expiresAt).toISOString();
    return html`<tr><td>${repository}#${state.pullRequest}</td><td>${phaseOf(state, now)}</td><td>${money(spentToday)}</td><td>${money(perHour)}</td><td>${ends}</td></tr>`;
  });
  return dashboardPage(
    'Previews',
    wideTable('Previews', ['Preview', 'State', 'Today', 'An hour', 'Ends'], rows),
  );
}

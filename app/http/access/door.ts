import { timingSafeEqual } from 'node:crypto';
import { html } from 'hono/html';
import { bearerToken } from '../bearer.ts';
import { layout, pagePolicy, product } from '../layout.ts';
import type { Problem } from '../problem.ts';
import { answerProblem, wantsPage } from '../problem-page.ts';
import { everybody, type Viewer, type ViewerBindings } from './viewer.ts';

/** What the door goes by. */
export interface DoorPorts {
  /** Nobody is asked who they are: this machine alone, or `DASHBOARD=public`. */
  readonly open: boolean;
  /** With it machines read everything; undefined: none do. */
  readonly readToken: string | undefined;
  /** Who is signed in; null: nobody. */
  readonly signedIn: (request: Request) => Viewer | null;
  /** Whether people can sign in at all. */
  readonly canSignIn: boolean;
}

interface App {
  fetch(request: Request, bindings: ViewerBindings): Response | Promise<Response>;
}

/** Doors with a lock of their own (signatures, OIDC tokens, one-time pages), and what says nothing of anybody. */
const ownLock =
  /^\/(?:health|ready|step-up(?:\/.*)?|previews\/.+|\.well-known\/.*|v1\/(?:evidence|baselines\/.*|commands|promotions|rollbacks|organisation|openapi\.json))$/;
const ofRepository =
  /^\/(?:canary|governance|doctor|v1\/(?:governance|organisation))\/([^/]+\/[^/]+)(?:\/|$)/;
/** Behind these a tag may stand, with whatever characters it has. */
const beforeTag = /^\/(?:canary\/[^/%]+\/[^/%]+|v1\/releases)\//;
/** Pages that leave out what their viewer may not read. */
const lists = new Set(['/', '/previews', '/v1/releases']);

/**
 * One door before everything that shows what repositories do. A place that is not named here is closed: a new page is
 * not public because somebody forgot it.
 */
export function behindDoor(app: App, ports: DoorPorts): { fetch(request: Request): Promise<Response> } {
  return {
    fetch: async (request) => {
      const url = new URL(request.url);
      if (ownLock.test(url.pathname)) return app.fetch(request, {});
      const viewer = viewerAt(request, ports);
      if (viewer === null) return refuse(request, url, ports);
      if (!isPlain(url.pathname)) return answerProblem(request, hidden);
      if (viewer === everybody) return app.fetch(request, { viewer });
      const repository = repositoryIn(url);
      if (repository !== null) {
        return (await viewer.mayRead(repository))
          ? app.fetch(request, { viewer })
          : answerProblem(request, hidden);
      }
      if (lists.has(url.pathname)) return app.fetch(request, { viewer });
      return answerProblem(request, url.pathname === '/metrics' ? forMachines : unnamed);
    },
  };
}

/** The router reads `%63anary` as `canary`: a place that is written otherwise than the door knows it is none. */
function isPlain(path: string): boolean {
  if (!path.includes('%')) return true;
  if (!beforeTag.test(path)) return false;
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function viewerAt(request: Request, { open, readToken, signedIn }: DoorPorts): Viewer | null {
  const given = bearerToken(request.headers.get('authorization'));
  if (readToken !== undefined && given !== undefined && isEqual(given, readToken)) return everybody;
  // A token for metrics that was set is asked for everywhere.
  if (open && !(readToken !== undefined && new URL(request.url).pathname === '/metrics')) return everybody;
  return signedIn(request);
}

function repositoryIn(url: URL): string | null {
  const found = ofRepository.exec(url.pathname)?.[1];
  return found === undefined ? url.searchParams.get('repository') || null : found;
}

function refuse(request: Request, url: URL, { canSignIn }: DoorPorts): Response {
  if (!wantsPage(request)) return answerProblem(request, signInNeeded);
  const back = encodeURIComponent(`${url.pathname}${url.search}`);
  const way = canSignIn
    ? html`<p><a href="/step-up/sign-in?back=${back}">Sign in with GitHub</a> to see the repositories that you can read there.</p>`
    : html`<p>Nobody can sign in here: <code>GITHUB_CLIENT_ID</code> and <code>GITHUB_CLIENT_SECRET</code> are not set. Machines read with <code>READ_TOKEN</code>; <code>DASHBOARD=public</code> opens the pages to everybody who reaches them.</p>`;
  const page = layout(product, html`<main><h1>${product}</h1>${way}</main>`);
  return new Response(String(page), {
    status: 401,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': pagePolicy,
      'cache-control': 'no-store',
    },
  });
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

const signInNeeded: Problem = {
  status: 401,
  code: 'SIGN_IN_NEEDED',
  message: 'Who asks is not known',
  help: 'Sign in on the page, or send `Authorization: Bearer` with the READ_TOKEN of the Conductor.',
};
/** The same for a repository that is not there: whoever may not read it does not learn that it is. */
const hidden: Problem = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'There is nothing at this address that you can read on GitHub',
  help: 'Ask for access to the repository, or sign in as somebody else.',
};
const unnamed: Problem = {
  status: 400,
  code: 'REPOSITORY_NEEDED',
  message: 'It is not said which repository this is about',
  help: 'Add `?repository=owner/name`.',
};
const forMachines: Problem = {
  status: 403,
  code: 'FOR_MACHINES',
  message: 'Metrics are of all repositories',
  help: 'Send `Authorization: Bearer` with the READ_TOKEN of the Conductor.',
};

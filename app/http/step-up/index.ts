import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { z } from 'zod';
import { signInUrl, whoSignedIn } from '../../../adapters/github/sign-in.ts';
import { passkeysOf, storeStepUp } from '../../../adapters/postgres/index.ts';
import { ConductorError, ConfigError, ProviderError, VerificationError } from '../../../core/errors.ts';
import type { StepUpPages } from '../../../core/stepup/pages.ts';
import { nameOf } from '../../../core/stepup/seal.ts';
import { startReading, stopReading } from '../access/session.ts';
import { type Problem, RequestProblem, unexpectedProblem } from '../problem.ts';
import {
  askForConfirmation,
  assertSamePerson,
  confirm,
  openPage,
  problem,
  usablePasskeys,
} from './confirm.ts';
import { confirmPage, passkeysPage, problemPage, signInPage } from './pages.ts';
import { addPasskey, askForPasskey, assertCollaborator, dropPasskey } from './passkeys.ts';
import type { StepUpPorts } from './ports.ts';
import { readSession, sessionOfWrite, startSession, startSignIn, takeSignIn } from './session.ts';

const callbackPath = '/step-up/signed-in';

/** Opens pages: the same effect, the same address. */
export function stepUpPages({
  database,
  key,
  origin,
}: Pick<StepUpPorts, 'database' | 'key' | 'origin'>): StepUpPages {
  return {
    open: async (request) => {
      assertSite(origin());
      const id = nameOf(request.key, key);
      await storeStepUp(database, id, request);
      return `${origin()}/step-up/${id}`;
    },
  };
}

/**
 * Where people confirm a command with a passkey, and register passkeys. Every page is of this address alone: no script,
 * style, frame or form of anybody else, nothing cached, nothing told to the next site.
 */
export function createStepUp(ports: StepUpPorts): Hono {
  const app = new Hono().basePath('/step-up');
  app.use(secureHeaders(headers), noStore, bodyLimit({ maxSize: 65_536 }));
  for (const [name, asset] of Object.entries(assets())) {
    app.get(`/assets/${name}`, (context) => context.body(asset.text, 200, { 'content-type': asset.type }));
  }
  addSignIn(app, ports);
  addPasskeys(app, ports);
  addConfirmation(app, ports);
  app.onError((error, context) => {
    const said = explain(error, ports);
    const status = said.status as 400;
    if (context.req.method === 'POST')
      return context.json({ code: said.code, message: said.message, help: said.help }, status);
    return context.html(problemPage(said), status);
  });
  app.notFound((context) => context.html(problemPage(unknownPlace), 404));
  return app;
}

/** Passkeys belong to a site with a name, reached over HTTPS or on this machine. */
function assertSite(origin: string): void {
  const { protocol, hostname } = new URL(origin);
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost');
  if (isIP(hostname.replace(/^\[|\]$/g, '')) === 0 && (protocol === 'https:' || isLocal)) return;
  throw new ConfigError(
    'STEP_UP_UNAVAILABLE',
    `browsers use no passkeys at ${origin}`,
    'Set CONDUCTOR_URL to an https address with a name, or http://localhost for a trial.',
  );
}

function addSignIn(app: Hono, ports: StepUpPorts): void {
  const redirectUri = (): string => `${ports.origin()}${callbackPath}`;
  app.get('/sign-in', (context) => {
    const back = context.req.query('back') ?? '';
    if (!isOurs(back)) throw problem(400, 'BACK_INVALID', 'The address to come back to is not ours');
    const { state, verifier } = startSignIn(context, ports, back);
    return context.redirect(signInUrl(ports.signIn, { redirectUri: redirectUri(), state, verifier }));
  });
  app.post('/sign-out', (context) => {
    stopReading(context);
    return context.redirect('/', 303);
  });
  app.get('/signed-in', async (context) => {
    const signIn = takeSignIn(context, ports);
    const { code, state } = context.req.query();
    if (signIn === null || code === undefined || state !== signIn.state) {
      throw problem(400, 'SIGN_IN_FOREIGN', 'This sign-in was not begun in this browser');
    }
    const who = await whoSignedIn(ports.signIn, {
      code,
      redirectUri: redirectUri(),
      verifier: signIn.verifier,
    });
    // Who only looks gets no session that confirms.
    if (signIn.back.startsWith('/step-up/')) startSession(context, ports, who);
    else startReading(context, ports, who.login);
    return context.redirect(signIn.back);
  });
}

/** A path of this site, and nothing that a browser takes for another one. */
function isOurs(back: string): boolean {
  return /^\/(?!\/)[\w./?=&%+-]{0,250}$/.test(back) && !back.includes('..');
}

function addPasskeys(app: Hono, ports: StepUpPorts): void {
  const path = '/passkeys/:owner/:repo';
  const repositoryOf = (context: Context): string =>
    `${context.req.param('owner')}/${context.req.param('repo')}`;
  app.get(path, async (context) => {
    const session = readSession(context, ports);
    if (session === null) return context.html(signInPage(context.req.path, null));
    const repository = repositoryOf(context);
    await assertCollaborator(repository, session, ports);
    const passkeys = await passkeysOf(ports.database, session.userId);
    return context.html(
      passkeysPage({ repository, session, passkeys, now: ports.now(), delay: ports.passkeyDelay }),
    );
  });
  app.post(`${path}/options`, async (context) => {
    const session = sessionOfWrite(context, ports);
    await assertCollaborator(repositoryOf(context), session, ports);
    return context.json(await askForPasskey(session, ports));
  });
  app.post(path, async (context) => {
    const session = sessionOfWrite(context, ports);
    await assertCollaborator(repositoryOf(context), session, ports);
    const answer = await bodyOf(context, z.object({ ticket: z.string(), response: z.unknown() }));
    await addPasskey(repositoryOf(context), session, answer, ports);
    return context.json({ registered: true });
  });
  app.post(`${path}/remove`, async (context) => {
    const session = sessionOfWrite(context, ports);
    await assertCollaborator(repositoryOf(context), session, ports);
    const { id } = await bodyOf(context, z.object({ id: z.string().max(1_024) }));
    await dropPasskey(repositoryOf(context), session, id, ports);
    return context.json({ removed: true });
  });
}

function addConfirmation(app: Hono, ports: StepUpPorts): void {
  app.get('/:id', async (context) => {
    const page = await openPage(context.req.param('id'), ports);
    const session = readSession(context, ports);
    if (session === null) return context.html(signInPage(context.req.path, page.request));
    assertSamePerson(page, session);
    const passkeys = await usablePasskeys(session, ports);
    return context.html(confirmPage({ request: page.request, session, passkeys: passkeys.length }));
  });
  app.post('/:id/options', async (context) => {
    const session = sessionOfWrite(context, ports);
    const page = await openPage(context.req.param('id'), ports);
    assertSamePerson(page, session);
    return context.json({ options: await askForConfirmation(page, session, ports) });
  });
  app.post('/:id', async (context) => {
    const session = sessionOfWrite(context, ports);
    const page = await openPage(context.req.param('id'), ports);
    assertSamePerson(page, session);
    const { response } = await bodyOf(context, z.object({ response: z.unknown() }));
    await confirm(page, session, response, ports);
    return context.json({ confirmed: true });
  });
}

async function bodyOf<Value>(context: Context, schema: z.ZodType<Value>): Promise<Value> {
  const parsed = schema.safeParse(await context.req.json().catch(() => null));
  if (parsed.success) return parsed.data;
  throw problem(400, 'BODY_INVALID', 'The request is not as the page sends it');
}

function explain(error: unknown, { log }: StepUpPorts): Problem {
  if (error instanceof ConductorError) {
    const { code, message, help } = error;
    log.info({ code }, 'A confirmation was refused');
    if (error instanceof RequestProblem) return { status: error.status, code, message, help };
    const status = error instanceof VerificationError ? 403 : error instanceof ProviderError ? 503 : 422;
    return { status, code, message, help };
  }
  log.error({ reason: error instanceof Error ? error.message : String(error) }, 'A request failed');
  return unexpectedProblem;
}

const headers = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    connectSrc: ["'self'"],
    formAction: ["'none'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
  referrerPolicy: 'no-referrer',
  crossOriginOpenerPolicy: 'same-origin',
  crossOriginResourcePolicy: 'same-origin',
};

async function noStore(context: Context, next: () => Promise<void>): Promise<void> {
  await next();
  context.header('cache-control', 'no-store');
}

/** The scripts and the style of the pages, read once. */
function assets(): Readonly<Record<string, { readonly text: string; readonly type: string }>> {
  const own = (name: string): string => readFileSync(new URL(`assets/${name}`, import.meta.url), 'utf8');
  const library = new URL('../dist/bundle/index.umd.min.js', import.meta.resolve('@simplewebauthn/browser'));
  const script = 'text/javascript; charset=utf-8';
  return {
    'webauthn.js': {
      text: readFileSync(library, 'utf8'),
      type: script,
    },
    'page.js': { text: own('page.js'), type: script },
    'page.css': { text: own('page.css'), type: 'text/css; charset=utf-8' },
  };
}

const unknownPlace: Problem = {
  status: 404,
  code: 'STEP_UP_UNKNOWN',
  message: 'There is no such page',
  help: 'Open the link from the reply to your command.',
};

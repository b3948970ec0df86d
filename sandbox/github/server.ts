import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assertMay, signedIn } from './access.ts';
import { type Answer, type Call, ok } from './call.ts';
import type { FaultKind, Faults } from './faults.ts';
import type { Github } from './github.ts';
import { callerOf, type Identity } from './identity.ts';
import type { Journal } from './journal.ts';
import type { Json } from './json.ts';
import type { OpenApiCheck } from './openapi-check.ts';
import { PathTable } from './paths.ts';
import { GithubRefusal } from './refusal.ts';
import { pathByNumber, redirectOf } from './rename.ts';
import { forwarded, type Route } from './route.ts';
import { routes } from './routes/index.ts';

/** GitHub takes release assets of 2 GiB; nothing here comes near this. */
const largestBody = 64 * 1024 * 1024;

/** Operations beyond the table are tried on emulate, in the caller's name. */
const fallback: Route = forwarded('', signedIn);

export interface ApiServer {
  readonly url: string;
  /** The routes answer from now on; before, every request is answered with 503. */
  serve(github: Github): void;
  close(): Promise<void>;
}

/** The HTTP face of the local GitHub, on loopback. `check` null: nothing is validated. */
export async function startServer(options: {
  readonly port: number;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly check: OpenApiCheck | null;
}): Promise<ApiServer> {
  const { faults, journal, check } = options;
  const table = new PathTable<Route>();
  for (const route of routes) {
    const [method = '', path = ''] = route.operation.split(' ');
    table.add(method, path, route);
  }
  let github: Github | null = null;

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent)
        send(response, { status: 500, body: { message: 'Server Error' } }, request.method);
    });
  });
  const url = await listen(server, options.port);
  return {
    url,
    serve: (ready) => {
      github = ready;
    },
    close: () => close(server),
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: asked, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
    const path = github === null ? asked : (pathByNumber(asked, github.world) ?? asked);
    const method = request.method ?? 'GET';
    const raw = await readBody(request);
    const headers = request.headers as Readonly<Record<string, string | undefined>>;
    const match = table.find(method, path);
    const operation = match === null ? null : match.value.operation;
    const { who, refusal } = await callerOf(github?.identities, headers.authorization);
    const fault = faults.take({ method, path, who: who.login });
    const log = (status: number): void => {
      journal.requests.push({
        at: Date.now(),
        method,
        path,
        query: query.toString(),
        who: who.login,
        operation,
        status,
      });
    };
    if (fault !== null && fault.kind !== 'timeout-after-commit') {
      log(fault.kind === 'status' ? fault.status : 0);
      return fail(response, fault);
    }
    if (github === null) return send(response, { status: 503, body: { message: 'Starting' } }, method);
    if (path === '/_actions/idtoken') return sendIdToken(response, github, headers.authorization, query);

    const redirect = redirectOf(method, path, query.toString(), github);
    if (redirect !== null) {
      log(redirect.status);
      return send(response, redirect, method);
    }
    const route = match?.value ?? fallback;
    let answer: Answer;
    try {
      if (refusal !== null) throw refusal;
      const call: Call = { method, path, params: match?.params ?? {}, query, headers, raw, who, body: {} };
      answer = await dispatch(github, route, { ...call, body: parseBody(call) });
    } catch (error) {
      if (!(error instanceof GithubRefusal)) throw error;
      answer = { status: error.status, body: error.body() };
    }
    if (operation !== '') inspectAnswer(method, path, who, answer);
    const conditional = withEtag(answer, method, headers['if-none-match']);
    log(fault === null ? conditional.status : 0);
    if (fault !== null) return fail(response, fault);
    send(response, conditional, method);
  }

  async function dispatch(ready: Github, route: Route, call: Call): Promise<Answer> {
    if (check !== null && isDescribed(call.path)) {
      const body = call.raw.length === 0 ? undefined : isJson(call) ? call.body : call.raw;
      const verdict = check.checkRequest(call.method, call.path, call.query, body);
      journal.note('request', `${call.method} ${call.path}`, call.who.login, verdict);
    }
    assertMay(call.who, route.needs, call.params, ready.world);
    return route.answer(call, ready);
  }

  function inspectAnswer(
    method: string,
    path: string,
    who: Identity,
    { status, body, source }: Answer,
  ): void {
    if (check === null || body instanceof Uint8Array || !isDescribed(path)) return;
    const verdict = check.checkResponse(method, path, status, body);
    if (verdict.operation === null) return;
    journal.note(source ?? 'extension', `${status} of ${verdict.operation}`, who.login, verdict);
  }
}

/** The job asks with its own bearer, which is no token of the API. */
async function sendIdToken(
  response: ServerResponse,
  github: Github,
  authorization: string | undefined,
  query: URLSearchParams,
): Promise<void> {
  try {
    send(response, ok(await github.oidc.issue(authorization, query.get('audience'))));
  } catch (error) {
    if (!(error instanceof GithubRefusal)) throw error;
    send(response, { status: error.status, body: error.body() });
  }
}

/** Addresses that are no part of the REST API: identity tokens and downloads. */
function isDescribed(path: string): boolean {
  return (
    !path.startsWith('/.well-known/') &&
    !path.startsWith('/_actions/') &&
    !path.startsWith('/login/') &&
    !path.includes('/releases/download/')
  );
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new Error(`a request of more than ${largestBody} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isJson(call: Call): boolean {
  return !/octet-stream|zip|x-tar|text\/plain/.test(call.headers['content-type'] ?? 'application/json');
}

function parseBody(call: Call): Json {
  if (call.raw.length === 0 || !isJson(call) || /\/releases\/\d+\/assets$/.test(call.path)) return {};
  try {
    const parsed: unknown = JSON.parse(Buffer.from(call.raw).toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Json;
  } catch {
    // Told below, as GitHub tells it.
  }
  throw new GithubRefusal(400, 'Problems parsing JSON');
}

/** Unchanged since the caller's copy: 304, which costs no rate limit on GitHub. */
function withEtag(answer: Answer, method: string, known: string | undefined): Answer {
  if (
    method !== 'GET' ||
    answer.status !== 200 ||
    answer.body === null ||
    answer.body instanceof Uint8Array
  ) {
    return answer;
  }
  const etag = `"${createHash('sha256').update(JSON.stringify(answer.body)).digest('hex')}"`;
  const headers = { ...answer.headers, etag };
  if (known?.replace(/^W\//, '') === etag) return { status: 304, body: null, headers };
  return ok(answer.body, headers);
}

function send(response: ServerResponse, answer: Answer, method = 'GET'): void {
  const { body, status, headers } = answer;
  const bytes =
    body === null || body === undefined ? null : body instanceof Uint8Array ? body : JSON.stringify(body);
  response.writeHead(status, {
    'x-github-request-id': `sandbox-${method.toLowerCase()}`,
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '4999',
    'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3600),
    ...(bytes === null || bytes instanceof Uint8Array
      ? {}
      : { 'content-type': 'application/json; charset=utf-8' }),
    ...headers,
  });
  response.end(bytes ?? undefined);
}

function fail(response: ServerResponse, fault: FaultKind): void {
  if (fault.kind !== 'status') {
    response.destroy();
    return;
  }
  const body = fault.body ?? { message: `Ordered by the test: ${fault.status}` };
  send(response, {
    status: fault.status,
    body,
    ...(fault.headers === undefined ? {} : { headers: fault.headers }),
  });
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}

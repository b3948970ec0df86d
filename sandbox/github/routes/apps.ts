import { anyone, appItself, signedIn, suspended } from '../access.ts';
import { type Answer, type Call, ok } from '../call.ts';
import { objectField } from '../fields.ts';
import type { Github } from '../github.ts';
import { renderInstallation } from '../installation.ts';
import type { Json } from '../json.ts';
import { page, renderedPage } from '../pages.ts';
import { forbidden, GithubRefusal, notFound } from '../refusal.ts';
import { onRepository, type Route } from '../route.ts';
import type { Delivery } from '../webhooks.ts';

/** The App, its installations and its webhook. emulate checks the App's JWT and issues installation tokens. */
export const appRoutes: readonly Route[] = [
  {
    operation: 'GET /app',
    needs: appItself,
    answer: async (call, github) => {
      const { body } = await github.upstream.forward(call);
      return ok({
        ...(await appOf(call, github)),
        installations_count: (body as Json).installations_count,
      });
    },
  },
  {
    operation: 'GET /apps/{app_slug}',
    needs: anyone,
    answer: async (call, github) => {
      const app = github.identities.apps().find(({ slug }) => slug === call.params.app_slug);
      if (app === undefined) throw notFound();
      return ok(await github.payloads.app(app.appId));
    },
  },
  {
    operation: 'GET /app/installations',
    needs: appItself,
    answer: async (call, github) => page(call, github.url, [await installationOf(call, github)]),
  },
  {
    operation: 'GET /app/installations/{installation_id}',
    needs: appItself,
    answer: async (call, github) => {
      if (Number(call.params.installation_id) !== github.installationId) throw notFound();
      return ok(await installationOf(call, github));
    },
  },
  {
    operation: 'POST /app/installations/{installation_id}/access_tokens',
    needs: appItself,
    answer: issueToken,
  },
  {
    operation: 'GET /installation/repositories',
    needs: signedIn,
    answer: (call, github) => {
      if (call.who.kind !== 'installation')
        throw new GithubRefusal(403, 'You must authenticate with an installation access token.');
      const repositories = github.world.repositories().filter(({ forkOf }) => forkOf === null);
      const render = (repository: (typeof repositories)[number]) => github.payloads.repository(repository);
      return renderedPage(call, github.url, repositories, render, (slice) => ({
        total_count: repositories.length,
        repository_selection: 'all',
        repositories: slice,
      }));
    },
  },
  {
    operation: 'GET /orgs/{org}/installation',
    needs: appItself,
    answer: async (call, github) => ok(await installationOf(call, github)),
  },
  onRepository('GET /repos/{owner}/{repo}/installation', appItself, async (call, repository, github) => {
    if (repository.forkOf !== null) throw notFound();
    return ok(await installationOf(call, github));
  }),
  { operation: 'GET /rate_limit', needs: anyone, answer: rateLimit },
  { operation: 'GET /app/hook/config', needs: appItself, answer: (_, github) => ok(hookConfig(github)) },
  {
    operation: 'PATCH /app/hook/config',
    needs: appItself,
    answer: (call, github) => {
      if (typeof call.body.url === 'string') github.webhooks.url = call.body.url;
      return ok(hookConfig(github));
    },
  },
  { operation: 'GET /app/hook/deliveries', needs: appItself, answer: listDeliveries },
  {
    operation: 'GET /app/hook/deliveries/{delivery_id}',
    needs: appItself,
    answer: (call, github) =>
      ok(renderDelivery(github, github.webhooks.delivery(Number(call.params.delivery_id)))),
  },
  {
    operation: 'POST /app/hook/deliveries/{delivery_id}/attempts',
    needs: appItself,
    answer: (call, github) => {
      github.webhooks.redeliver(Number(call.params.delivery_id));
      return { status: 202, body: {} };
    },
  },
];

async function appOf(call: Call, github: Github): Promise<Json> {
  if (call.who.kind !== 'app') throw notFound();
  return github.payloads.app(call.who.appId);
}

async function installationOf(call: Call, github: Github): Promise<Json> {
  if (call.who.kind !== 'app') throw notFound();
  return renderInstallation(github, call.who.appId);
}

/** emulate issues the token; the extension remembers what it may do. */
async function issueToken(call: Call, github: Github): Promise<Answer> {
  if (call.who.kind !== 'app') throw notFound();
  if (github.world.isSuspended) throw forbidden(suspended);
  const answer = await github.upstream.forward(call);
  if (answer.status !== 201) return answer;
  const body = answer.body as Json;
  const permissions = { metadata: 'read', ...objectField(body, 'permissions') } as Record<string, string>;
  github.identities.registerInstallation(String(body.token), call.who.appId, permissions);
  return answer;
}

function rateLimit(_: Call, github: Github): Answer {
  const reset = Math.floor(Date.parse(github.now()) / 1000) + 3600;
  const budget = { limit: 5000, used: 0, remaining: 5000, reset };
  return ok({ resources: { core: budget, search: { ...budget, limit: 30, remaining: 30 } }, rate: budget });
}

function hookConfig(github: Github): Json {
  return { content_type: 'json', insecure_ssl: '0', secret: '********', url: github.webhooks.url ?? '' };
}

/** Newest first, by cursor, as GitHub pages them. */
function listDeliveries(call: Call, github: Github): Answer {
  const perPage = Math.min(Number(call.query.get('per_page') ?? 30), 100);
  const cursor = call.query.get('cursor');
  const status = call.query.get('status');
  const chosen = github.webhooks
    .deliveries()
    .filter((delivery) => delivery.status !== null)
    .filter((delivery) => cursor === null || delivery.id < Number(cursor))
    .filter((delivery) => status === null || (status === 'success') === isSuccess(delivery))
    .toSorted((a, b) => b.id - a.id);
  const slice = chosen.slice(0, perPage);
  const last = slice.at(-1);
  const query = new URLSearchParams(call.query);
  if (last !== undefined) query.set('cursor', String(last.id));
  const next = `<${github.url}${call.path}?${query}>; rel="next"`;
  return ok(slice.map(renderItem), chosen.length > slice.length ? { link: next } : {});
}

function renderItem(delivery: Delivery): Json {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: new Date(delivery.at).toISOString(),
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status:
      delivery.status === 0
        ? 'failed to connect to host'
        : isSuccess(delivery)
          ? 'OK'
          : 'Invalid HTTP Response',
    status_code: delivery.status ?? 0,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: null,
  };
}

function renderDelivery(github: Github, delivery: Delivery): Json {
  return {
    ...renderItem(delivery),
    url: github.webhooks.url ?? '',
    request: { headers: delivery.requestHeaders, payload: delivery.payload },
    response: { headers: delivery.responseHeaders, payload: delivery.responseBody },
  };
}

function isSuccess({ status }: Delivery): boolean {
  return status !== null && status >= 200 && status < 300;
}

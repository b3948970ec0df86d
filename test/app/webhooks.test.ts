import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { Hono } from 'hono';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startQueue } from '../../adapters/pg-boss/index.ts';
import { connect, migrate } from '../../adapters/postgres/index.ts';
import { InboxWriter, inboxQueue } from '../../app/flow/inbox-writer.ts';
import { startServer } from '../../app/http/server.ts';
import { signBody } from '../../app/http/signature.ts';
import { silentLog } from '../../core/ports/system.ts';
import { atTestEnd, createTestDatabase } from '../support/postgres.ts';

const secret = 'it is a secret to everybody';

interface Door {
  readonly url: string;
  deliver(options?: {
    body?: string | Buffer;
    guid?: string;
    event?: string;
    signature?: string | null;
    type?: string;
  }): Promise<Response>;
  stored(): Promise<{ guid: string; event: string; frozen_sha: string | null }[]>;
  jobs(): Promise<number>;
  query: Awaited<ReturnType<typeof createTestDatabase>>['query'];
  /** Makes the next writes to the store fail. */
  breakStore(): Promise<void>;
}

async function openDoor(): Promise<Door> {
  const { url, query } = await createTestDatabase(atTestEnd, 'schema');
  const database = await connect({ url, log: silentLog });
  await migrate(database);
  const queue = await startQueue({ url, queues: [inboxQueue], log: silentLog });
  const writer = new InboxWriter(database, queue);
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    pages: new Hono(),
    log: silentLog,
    webhooks: {
      secret,
      now: () => Date.now(),
      store: (delivery) => writer.store(delivery),
      seen: () => undefined,
    },
  });
  onTestFinished(async () => {
    await server.close();
    await queue.close();
    await database.close();
  });
  const address = `${server.url}/api/github/webhooks`;
  return {
    url: address,
    query,
    deliver: ({ body = comment(), guid = randomUUID(), event = 'issue_comment', signature, type } = {}) => {
      const signed = signature === undefined ? signBody(secret, Buffer.from(body)) : signature;
      return fetch(address, {
        method: 'POST',
        body: body as string,
        headers: {
          'content-type': type ?? 'application/json',
          'x-github-event': event,
          'x-github-delivery': guid,
          ...(signed === null ? {} : { 'x-hub-signature-256': signed }),
        },
      });
    },
    stored: () => query('select guid, event, frozen_sha from deliveries order by received_at'),
    jobs: async () =>
      (await query<{ count: number }>(`select count(*)::int from pgboss.job where name = 'inbox'`))[0]
        ?.count ?? 0,
    breakStore: async () => {
      await query('alter table deliveries rename to elsewhere');
    },
  };
}

let nextComment = 1;
function comment(id = nextComment++): string {
  return JSON.stringify({
    action: 'created',
    issue: { number: 7 },
    comment: { id, body: '/status' },
    repository: { full_name: 'acme/shop' },
    installation: { id: 1 },
  });
}

let door: Door;
beforeEach(async () => {
  door = await openDoor();
});

describe('the webhook door', () => {
  it('stores a signed delivery with its job before it answers', async () => {
    const guid = randomUUID();
    const answer = await door.deliver({ guid });
    expect(answer.status).toBe(202);
    expect(await door.stored()).toEqual([{ guid, event: 'issue_comment', frozen_sha: null }]);
    expect(await door.jobs()).toBe(1);
  });

  it.each([
    ['no signature', { signature: null }, 401, 'SIGNATURE_INVALID'],
    ['an empty signature', { signature: '' }, 401, 'SIGNATURE_INVALID'],
    [
      'the signature of another body',
      { signature: signBody(secret, Buffer.from('{}')) },
      401,
      'SIGNATURE_INVALID',
    ],
    [
      'a signature with another secret',
      { body: '{"a":1}', signature: signBody('other', Buffer.from('{"a":1}')) },
      401,
      'SIGNATURE_INVALID',
    ],
    ['a SHA-1 signature', { signature: `sha1=${'0'.repeat(40)}` }, 401, 'SIGNATURE_INVALID'],
    [
      'a signature in capitals',
      { body: '{}', signature: signBody(secret, Buffer.from('{}')).toUpperCase() },
      401,
      'SIGNATURE_INVALID',
    ],
    ['a short signature', { signature: 'sha256=00' }, 401, 'SIGNATURE_INVALID'],
    ['a GUID with a quote', { guid: `'; drop table deliveries` }, 400, 'DELIVERY_ID_INVALID'],
    ['an empty GUID', { guid: '' }, 400, 'DELIVERY_ID_INVALID'],
    ['an event that GitHub does not have', { event: 'pull_requests' }, 400, 'EVENT_UNKNOWN'],
    ['a form', { type: 'application/x-www-form-urlencoded' }, 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['a body that is not JSON', { body: '{"a":' }, 400, 'PAYLOAD_MALFORMED'],
    ['a JSON text that is no object', { body: '[1]' }, 400, 'PAYLOAD_MALFORMED'],
    ['an empty body', { body: '' }, 400, 'PAYLOAD_MALFORMED'],
  ])('refuses %s with a reason and stores nothing', async (_name, delivery, status, code) => {
    const answer = await door.deliver(delivery);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ code, help: expect.any(String) });
    expect(await door.stored()).toEqual([]);
  });

  it('lets no unsigned copy claim a GUID', async () => {
    const guid = randomUUID();
    const body = comment();
    expect((await door.deliver({ guid, body, signature: null })).status).toBe(401);
    expect(await (await door.deliver({ guid, body })).json()).toMatchObject({ result: 'stored' });
  });

  it('stores five parallel copies of one delivery once', async () => {
    const guid = randomUUID();
    const body = comment();
    const answers = await Promise.all(Array.from({ length: 5 }, () => door.deliver({ guid, body })));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    const results = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { result: string }).result),
    );
    expect(results.toSorted()).toEqual(['duplicate', 'duplicate', 'duplicate', 'duplicate', 'stored']);
    expect(await door.jobs()).toBe(1);
  });

  it('stores one comment that two hooks deliver under two GUIDs once', async () => {
    const body = comment();
    await door.deliver({ body });
    expect(await (await door.deliver({ body })).json()).toMatchObject({ result: 'duplicate' });
    expect(await door.stored()).toHaveLength(1);
    expect(await door.jobs()).toBe(1);
  });

  it('freezes the commit that a comment spoke of', async () => {
    await door.query(
      `insert into aggregates (kind, repository, key, sha, tracking_issue, state, version, created_at, updated_at)
       values ('release', 'acme/shop', 'v1', 'cafe', 7, '{}', 1, now(), now())`,
    );
    await door.deliver();
    expect(await door.stored()).toMatchObject([{ frozen_sha: 'cafe' }]);
  });

  it('freezes it also where the repository got another name that nobody has told us yet', async () => {
    await door.query(
      `insert into repositories (repository, installation_id, seen_at, id) values ('acme/store', 1, now(), 42)`,
    );
    await door.query(
      `insert into aggregates (kind, repository, key, sha, tracking_issue, state, version, created_at, updated_at)
       values ('release', 'acme/store', 'v1', 'cafe', 7, '{}', 1, now(), now())`,
    );
    const { repository, ...told } = JSON.parse(comment());
    await door.deliver({ body: JSON.stringify({ ...told, repository: { ...repository, id: 42 } }) });
    expect(await door.stored()).toMatchObject([{ frozen_sha: 'cafe' }]);
  });

  it.each([
    ['an event that is not used', 'star', {}],
    ["another app's finished check", 'check_run', { action: 'completed' }],
    ['a pinned comment', 'issue_comment', { action: 'pinned' }],
    ['a push to a branch', 'push', { ref: 'refs/heads/main' }],
    ['an assignee of a pull request', 'pull_request', { action: 'assigned' }],
    ['a workflow that has only begun', 'workflow_run', { action: 'requested' }],
  ])('acknowledges %s and keeps nothing of it', async (_name, event, payload) => {
    const answer = await door.deliver({ event, body: JSON.stringify(payload) });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ accepted: false, result: 'not-used' });
    expect(await door.stored()).toEqual([]);
  });

  it('stores text that Postgres has no place for', async () => {
    const body = JSON.stringify({ ...JSON.parse(comment()), note: 'a\u0000b \ud800' });
    expect((await door.deliver({ body })).status).toBe(202);
    expect(await door.stored()).toHaveLength(1);
  });

  it('answers 503 when it cannot store, so that GitHub lists the delivery as failed', async () => {
    await door.breakStore();
    const answer = await door.deliver();
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain('deliveries');
  });

  it.each([
    ['announced', { 'content-length': String(26 * 1_048_576) }],
    ['chunked', { 'transfer-encoding': 'chunked' }],
  ])('refuses a huge body that is %s, without reading it to its end', async (_name, headers) => {
    const status = await new Promise<number>((resolve, reject) => {
      const outgoing = request(door.url, { method: 'POST', headers });
      const chunk = Buffer.alloc(1_048_576);
      const pump = (): void => {
        while (outgoing.write(chunk));
        outgoing.once('drain', pump);
      };
      outgoing.once('response', (answer) => {
        resolve(answer.statusCode ?? 0);
        outgoing.destroy();
      });
      // The door may be shut while a chunk is on its way: then the answer is lost with the connection.
      outgoing.once('error', (error: NodeJS.ErrnoException) =>
        ['EPIPE', 'ECONNRESET'].includes(error.code ?? '') ? resolve(413) : reject(error),
      );
      pump();
    });
    expect(status).toBe(413);
    expect(await door.stored()).toEqual([]);
  });
});

import { createPrivateKey } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credentials, S3Server } from '../adapters/contents/s3-server.ts';
import { newPrivateKey } from '../evidence/support.ts';
import { startChild } from './child.ts';
import { load, promoteToTheEnd, stage } from './story.ts';
import { repository, startWorld, type World } from './world.ts';

/** Every spelling in which a secret could come out. */
function spellings(secret: string): readonly string[] {
  if (!secret.includes('PRIVATE KEY')) {
    const bytes = Buffer.from(secret);
    return [secret, encodeURIComponent(secret), bytes.toString('base64'), bytes.toString('hex')];
  }
  const key = createPrivateKey(secret);
  const scalar = Buffer.from(String(key.export({ format: 'jwk' }).d), 'base64url');
  const encodings = ['base64', 'base64url', 'hex'] as const;
  const lines = secret.trim().split('\n').slice(1, -1);
  // The public half of the lines, which may be shown: of an EC key the end, of an RSA key the beginning.
  const own = key.asymmetricKeyType === 'ec' ? lines.slice(0, 1) : lines.slice(lines.length / 2);
  return [...own, ...encodings.map((encoding) => scalar.toString(encoding).replace(/=+$/, ''))];
}

/** The names of the secrets that stand in a text or in bytes. */
function leaksIn(content: string | Uint8Array): readonly string[] {
  const text = typeof content === 'string' ? content : Buffer.from(content).toString('latin1');
  return [...secrets].flatMap(([name, secret]) =>
    spellings(secret).some((spelling) => text.includes(spelling)) ? [name] : [],
  );
}

const secrets = new Map<string, string>();
const closers: (() => unknown)[] = [];
const s3 = new S3Server();
let world: World;
let issue: number;
let output = '';

beforeAll(async () => {
  const endpoint = await s3.start();
  closers.push(() => s3.close());
  const secretEnv = {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    READ_TOKEN: 'a-token-for-machines-that-read',
    CALLER_ERP_SECRET: 'the-secret-of-the-caller-erp',
    NOTIFY_TEAM_URL: 'http://127.0.0.1:9/services/the-address-of-the-team',
    REGISTRY_MAIN_LOGIN: '127.0.0.1:9 bot:the-password-of-the-registry',
  };
  world = await startWorld(
    { ...secretEnv, EVIDENCE_STORE: `s3://evidence/shop?endpoint=${endpoint}` },
    (env) => startChild(env, (text) => (output += text)),
    (close) => closers.unshift(close),
  );
  const { PRIVATE_KEY = '', WEBHOOK_SECRET = '', GITHUB_CLIENT_SECRET = '', DATA_DIR = '' } = world.env;
  secrets
    .set('PRIVATE_KEY', PRIVATE_KEY)
    .set('WEBHOOK_SECRET', WEBHOOK_SECRET)
    .set('GITHUB_CLIENT_SECRET', GITHUB_CLIENT_SECRET)
    .set('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey)
    .set('READ_TOKEN', secretEnv.READ_TOKEN)
    .set('CALLER_ERP_SECRET', secretEnv.CALLER_ERP_SECRET)
    .set('NOTIFY_TEAM_URL', 'the-address-of-the-team')
    .set('REGISTRY_MAIN_LOGIN', 'the-password-of-the-registry')
    .set('signing-key.pem', await readFile(join(DATA_DIR, 'signing-key.pem'), 'utf8'));
  issue = await stage(world, 'v1.1.0');
  const stop = load(world, 'v1.0.0', 'v1.1.0', 0);
  await promoteToTheEnd(world, 'v1.1.0', issue);
  stop();
  s3.failures.push(500, 403, 500);
});
afterAll(async () => {
  for (const close of closers) await close();
});

describe('the secrets of the Conductor, after a whole release', () => {
  it('are known to this test in each of their spellings', () => {
    for (const [name, secret] of secrets) expect(leaksIn(`"${secret}"`)).toContain(name);
  });

  it.each([
    '/',
    '/audit?repository=acme/shop',
    '/canary/acme/shop/v1.1.0',
    '/doctor/acme/shop',
    '/previews',
    '/v1/releases',
    '/v1/releases/v1.1.0',
    '/v1/audit?repository=acme/shop',
    '/v1/audit/heads?repository=acme/shop',
    '/v1/openapi.json',
    '/.well-known/release-conductor/keys.json',
    '/metrics',
    '/health',
    '/ready',
  ])('are not shown at %s', async (path) => {
    const headers = { authorization: `Bearer ${secrets.get('READ_TOKEN')}` };
    const answer = await fetch(`${world.conductor.url}${path}`, { headers });
    expect(answer.status).toBe(200);
    expect(leaksIn(await answer.text())).toEqual([]);
  });

  it.each<[string, string, RequestInit]>([
    ['a forged webhook', '/api/github/webhooks', { method: 'POST', body: '{}' }],
    [
      'a webhook with a wrong signature',
      '/api/github/webhooks',
      {
        method: 'POST',
        body: '{"a":1}',
        headers: {
          'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
          'x-github-event': 'push',
          'x-github-delivery': '11111111-1111-4111-8111-111111111111',
        },
      },
    ],
    [
      'evidence with a token that is none',
      '/v1/evidence',
      { method: 'POST', headers: { authorization: 'Bearer x' } },
    ],
    ['an audit log that is none', "/v1/audit?repository=acme/shop'&after=-1", {}],
    ['a path with an escape', '/v1/releases/%00..%2f..%2fsigning-key.pem', {}],
    ['the key of the data folder', '/.well-known/release-conductor/signing-key.pem', {}],
    ['settings that nobody governs', '/v1/governance/acme/shop', {}],
    ['the file with the settings', '/.env', {}],
  ])('are not in the answer to %s', async (_name, path, init) => {
    const answer = await fetch(`${world.conductor.url}${path}`, init);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(leaksIn(await answer.text())).toEqual([]);
  });

  it('are in no row of the database', async () => {
    const tables = await world.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
        where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    );
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) {
      const rows = await world.query<{ text: string }>(`select t::text as text from ${name} t`);
      expect([name, leaksIn(rows.map(({ text }) => text).join('\n'))]).toEqual([name, []]);
    }
  });

  it('are in no file but the one that only its owner reads', async () => {
    const folder = world.env.DATA_DIR ?? '';
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name)).toContain('signing-key.pem');
    for (const { name, parentPath } of files) {
      const leaks = leaksIn(await readFile(join(parentPath, name)));
      expect([name, leaks]).toEqual([name, name === 'signing-key.pem' ? ['signing-key.pem'] : []]);
    }
  });

  it('are in no stored evidence, and in nothing on GitHub', async () => {
    expect(s3.objects.size).toBeGreaterThan(5);
    for (const [name, { bytes }] of s3.objects) expect([name, leaksIn(bytes)]).toEqual([name, []]);
    const { rest } = world.alice;
    const seen = await Promise.all([
      rest.issues.listForRepo({ ...repository, state: 'all' }),
      rest.issues.listComments({ ...repository, issue_number: issue, per_page: 100 }),
      rest.repos.listReleases(repository),
      rest.repos.listDeployments({ ...repository, per_page: 100 }),
      rest.checks.listForRef({ ...repository, ref: 'main', per_page: 100 }),
    ]);
    for (const { data } of seen) expect(leaksIn(JSON.stringify(data))).toEqual([]);
  });

  it('are in no line of the log, however much it says', () => {
    expect(output).toContain('"level":20');
    expect(leaksIn(output)).toEqual([]);
  });
});

describe('the secrets of a Conductor that cannot start', () => {
  const pem = newPrivateKey();
  const aws = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'hunter2hunter2' };
  it.each<[string, Record<string, string>, string]>([
    ['a signing key that was cut', { SIGNING_KEY: pem.slice(0, 120) }, 'BAD_SIGNING_KEY'],
    [
      'a signing key without its frame',
      { SIGNING_KEY: pem.split('\n').slice(1, -2).join('') },
      'BAD_SIGNING_KEY',
    ],
    [
      'a key of the App without its frame',
      { PRIVATE_KEY: pem.split('\n').slice(1, -2).join('') },
      'PRIVATE_KEY_INVALID',
    ],
    ['a key of the App that was cut', { PRIVATE_KEY: pem.slice(0, 120) }, 'PRIVATE_KEY_INVALID'],
    [
      'a key service that does not answer',
      { ...aws, SIGNING_KEY: 'awskms://127.0.0.1:1/alias/a' },
      'KMS_FAILED',
    ],
    [
      'credentials in the address of the store',
      { ...aws, EVIDENCE_STORE: 's3://AKID:hunter2hunter2@bucket/a?lock=maybe' },
      'EVIDENCE_STORE_INVALID',
    ],
    ['a read token that is too short', { READ_TOKEN: 'hunter2' }, 'ENVIRONMENT_INVALID'],
    ['a login that is none', { REGISTRY_MAIN_LOGIN: 'hunter2hunter2' }, 'REGISTRY_LOGIN_INVALID'],
  ])('are not in what it says of %s', async (_name, change, code) => {
    let said = '';
    const start = startChild({ ...world.env, PORT: '0', ...change }, (text) => (said += text));
    const error = await start.then(
      () => 'it started',
      (caught: unknown) => String(caught),
    );
    expect(error).toContain(code);
    const all = said + error;
    expect(all).not.toContain('hunter2');
    for (const line of pem.split('\n').slice(1, 3)) expect(all).not.toContain(line.slice(0, 40));
    expect(leaksIn(all)).toEqual([]);
  });
});

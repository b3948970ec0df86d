import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readEnvironment } from '../../app/environment.ts';
import { startConductor } from '../../app/start.ts';
import { commitFiles } from '../sandbox/github/support.ts';
import { eventually, repository, startWorld } from './world.ts';

describe('the environment', () => {
  it('has defaults for everything but the credentials', () => {
    expect(readEnvironment({})).toMatchObject({
      app: null,
      port: 3_000,
      host: '127.0.0.1',
      githubApiUrl: 'https://api.github.com',
      oidcIssuer: 'https://token.actions.githubusercontent.com',
      simulate: false,
    });
  });

  it('that is wrong names every variable and no value', () => {
    const wrong = { PORT: 'https', APP_ID: 'x', CONDUCTOR_URL: 'hunter2' };
    expect(() => readEnvironment(wrong)).toThrow(/APP_ID.*PORT.*CONDUCTOR_URL/s);
    expect(() => readEnvironment(wrong)).not.toThrow(/hunter2/);
  });

  it('without a webhook secret is refused: the default of others is known to everybody', () => {
    expect(() => readEnvironment({ APP_ID: '1', PRIVATE_KEY: 'k' })).toThrow(/WEBHOOK_SECRET/);
  });
});

describe('starting', () => {
  it('shows the registration page, with the manifest, when there are no credentials', async () => {
    const conductor = await startConductor({ PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent' });
    onTestFinished(() => conductor.close());
    const page = await (await fetch(conductor.url)).text();
    expect(page).toContain('merge_queues');
    expect(page).toContain('/api/github/webhooks');
  });

  it.each([
    ['with credentials', true],
    ['on the registration page', false],
  ])('names the port when it is taken, %s', async (_when, registered) => {
    const env: NodeJS.ProcessEnv = registered
      ? (await startWorld()).env
      : { HOST: '127.0.0.1', LOG_LEVEL: 'silent' };
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const port = String((server.address() as AddressInfo).port);
    await expect(startConductor({ ...env, PORT: port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(port),
    });
  });

  it.each([
    ['the private key is none', { PRIVATE_KEY: 'nonsense' }, 'PRIVATE_KEY_INVALID'],
    [
      'the database does not answer',
      { DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/x' },
      'DATABASE_UNREACHABLE',
    ],
  ])('says what to change when %s, without a secret', async (_name, change, code) => {
    const world = await startWorld();
    const error = await startConductor({ ...world.env, PORT: '0', ...change }).catch(
      (caught: unknown) => caught as Error,
    );
    expect(error).toMatchObject({ code });
    expect(String((error as Error).message)).not.toContain('hunter2');
  });
});

describe('SIMULATE=true', () => {
  it('writes what it would have done to files, and nothing to GitHub', async () => {
    const world = await startWorld({ SIMULATE: 'true' });
    await commitFiles(world.alice, 'feature', { 'a.txt': 'a' });
    await world.alice.rest.pulls.create({ ...repository, head: 'feature', base: 'main', title: 'A' });
    const folder = join(world.env.DATA_DIR ?? '', 'simulated');
    const lines = await eventually(async () => {
      const text = await readFile(join(folder, 'acme+shop.jsonl'), 'utf8');
      const calls = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { call: string; input: object });
      return calls.length >= 6 ? calls : null;
    });
    expect(lines.filter(({ call }) => call === 'publishCheck')).toHaveLength(5);
    expect(lines.filter(({ call }) => call === 'upsertComment')).toHaveLength(1);
    const writes = world.github
      .requests()
      .filter(
        ({ who, method, path }) =>
          who.includes('release-conductor') && method !== 'GET' && !path.includes('access_tokens'),
      );
    expect(writes).toEqual([]);
  });
});

describe('deliveries that came while the app was down', () => {
  it('are fetched at the start, and a release goes on (scenario 9)', async () => {
    const world = await startWorld();
    await world.conductor.close();
    const sha = (await world.alice.rest.git.getRef({ ...repository, ref: 'heads/main' })).data.object.sha;
    await world.alice.rest.git.createRef({ ...repository, ref: 'refs/tags/v1.1.0', sha });
    await world.github.settled();
    await world.start();
    await eventually(async () => {
      const answer = await fetch(`${world.conductor.url}/v1/releases/v1.1.0`);
      return answer.ok ? true : null;
    });
  });

  it('a pull request without any webhook is found by reading', async () => {
    const world = await startWorld();
    await world.conductor.close();
    world.github.setWebhookUrl('http://127.0.0.1:1/');
    const sha = await commitFiles(world.alice, 'feature', { 'a.txt': 'a' });
    await world.alice.rest.pulls.create({ ...repository, head: 'feature', base: 'main', title: 'A' });
    world.github.faults.next({ kind: 'status', status: 500, path: /\/app\/hook\/deliveries/, times: 3 });
    await world.start();
    await eventually(async () => {
      const { data } = await world.alice.rest.checks.listForRef({ ...repository, ref: sha });
      return data.check_runs.filter(({ app }) => app?.slug === 'release-conductor').length === 5
        ? true
        : null;
    });
  });
});

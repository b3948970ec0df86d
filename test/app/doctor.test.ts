import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configPath } from '../../core/config/path.ts';
import { checkNameOf } from '../../core/gate/names.ts';
import { FakeWorld, folderWith } from '../cli/support.ts';
import { asApp } from '../sandbox/github/support.ts';
import { repository, startWorld, type World } from './world.ts';

interface Finding {
  readonly subject: string;
  readonly check: string;
  readonly state: string;
  readonly detail: string;
  readonly help?: string;
}

let world: World;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  world = await startWorld({}, undefined, (close) => closing.push(close));
});

afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

async function shellWith(env: Record<string, string>): Promise<FakeWorld> {
  const { GITHUB_API_URL, APP_ID, PRIVATE_KEY, WEBHOOK_SECRET } = world.env;
  return new FakeWorld(
    await folderWith({}),
    {
      GITHUB_API_URL,
      APP_ID,
      PRIVATE_KEY,
      WEBHOOK_SECRET,
      DATABASE_URL: 'postgres://127.0.0.1:1/x',
      PORT: '0',
      ...env,
    },
    fetch,
  );
}

async function examined(env: Record<string, string> = {}, ...argv: readonly string[]) {
  const shell = await shellWith(env);
  const status = await shell.run('doctor', '--json', ...(argv.length === 0 ? ['--repo', 'acme/shop'] : argv));
  const found = (JSON.parse(shell.stdout) as Finding[]).filter(({ subject }) => subject !== 'this machine');
  return { status, found, of: (check: string) => found.filter((one) => one.check === check) };
}

const states = (found: readonly Finding[]): string[] =>
  found.map(({ state, detail }) => `${state}: ${detail}`);

describe('doctor on a real GitHub', () => {
  it('finds the App, its grants, its deliveries and its limit in order', async () => {
    const { of } = await examined();
    expect(states(of('github'))).toEqual([
      expect.stringMatching(/^ok: .* answers$/),
      expect.stringMatching(/^ok: this clock/),
    ]);
    expect(states(of('app'))).toEqual(['ok: App release-conductor']);
    expect(states(of('installation'))).toEqual(['ok: everything that is asked for was granted']);
    expect(states(of('rate limit'))).toEqual([expect.stringMatching(/^ok: \d+ of \d+ requests/)]);
    expect(states(of('workflows'))).toEqual(['ok: none of 1 runs foreign code with secrets']);
  });

  it('names a workflow that is open to foreign code', async () => {
    const workflow = `on: pull_request_target
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: { ref: "$\{{ github.event.pull_request.head.sha }}" }
`;
    await world.alice.rest.repos.createOrUpdateFileContents({
      ...repository,
      path: '.github/workflows/pwn.yml',
      message: 'Open the door',
      content: Buffer.from(workflow).toString('base64'),
    });
    const { of } = await examined();
    expect(states(of('workflows'))).toEqual([
      expect.stringMatching(/^problem: .*pwn\.yml:\d+: .*pull_request_target/),
    ]);
    const [finding] = of('workflows');
    expect(finding?.help).toContain('pull_request');

    const path = '.github/workflows/pwn.yml';
    const { data } = await world.alice.rest.repos.getContent({ ...repository, path });
    await world.alice.rest.repos.createOrUpdateFileContents({
      ...repository,
      path,
      sha: (data as { sha: string }).sha,
      message: 'Shut the door',
      content: Buffer.from(workflow.replace('pull_request_target', 'pull_request')).toString('base64'),
    });
    expect(states((await examined()).of('workflows'))).toEqual([
      'ok: none of 2 runs foreign code with secrets',
    ]);
  });

  it('names unpinned checks and open tags, and is content when a ruleset mends them', async () => {
    const before = await examined();
    expect(before.status).toBe(1);
    expect(states(before.of('required checks'))).toContain('problem: slo-gates is not required on main');
    expect(states(before.of('tags'))).toEqual([
      'problem: tags v* can be moved and deleted by whoever may push',
    ]);

    const checks = Object.values(checkNameOf).map((context) => ({
      context,
      integration_id: world.github.app.appId,
    }));
    await world.alice.rest.repos.createRepoRuleset({
      ...repository,
      name: 'main',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [
        {
          type: 'required_status_checks',
          parameters: { required_status_checks: checks, strict_required_status_checks_policy: false },
        },
      ],
    });
    await world.alice.rest.repos.createRepoRuleset({
      ...repository,
      name: 'tags',
      target: 'tag',
      enforcement: 'active',
      conditions: { ref_name: { include: ['refs/tags/v*'], exclude: [] } },
      rules: [{ type: 'update' }, { type: 'deletion' }],
    });
    const after = await examined();
    expect(states(after.of('required checks'))).toEqual(['ok: all 5 are required on main and pinned']);
    expect(states(after.of('tags'))).toEqual(['ok: tags v* can neither be moved nor deleted']);
  });

  it('names webhooks that nobody took, until they are taken', async () => {
    world.github.setWebhookUrl('http://127.0.0.1:1/');
    await world.alice.rest.issues.create({ ...repository, title: 'lost' });
    await world.alice.rest.issues.createComment({ ...repository, issue_number: 1, body: 'lost' });
    await world.github.settled();
    const { of } = await examined();
    expect(of('webhooks')).toEqual([
      expect.objectContaining({
        state: 'problem',
        detail: expect.stringMatching(/webhook deliveries of the last day failed: /),
        help: expect.stringMatching(/webhook address/),
      }),
    ]);
    world.github.setWebhookUrl(`${world.conductor.url}/api/github/webhooks`);
    const { app } = asApp(world.github);
    const { data: failed } = await app.request('GET /app/hook/deliveries', { per_page: 100 });
    for (const { id } of failed.filter(({ status_code: status }) => status !== 202)) {
      await app.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: Number(id) });
    }
    await world.github.settled();
    expect(states((await examined()).of('webhooks'))).toEqual([
      expect.stringMatching(/^ok: each of the \d+/),
    ]);
  });

  it('finds nothing more once every remedy above was followed', async () => {
    const { found } = await examined();
    expect(found.filter(({ state }) => state !== 'ok')).toEqual([]);
  });

  it('knows nothing of what it may not ask', async () => {
    const { status, found, of } = await examined({ APP_ID: '', PRIVATE_KEY: '', GITHUB_TOKEN: 'nobody' });
    expect(status).not.toBe(0);
    for (const check of ['config in force', 'required checks', 'merge queue', 'tags', 'workflows']) {
      expect(states(of(check)), check).toEqual([expect.stringMatching(/^unknown: /)]);
    }
    expect(found.every(({ state, help }) => state !== 'unknown' || help !== undefined)).toBe(true);
  });

  it('looks at every repository of an organisation, and names the one that weakens its config', async () => {
    await world.github.addRepository(
      '.github',
      new Map([[configPath, 'version: 1\nrelease: { canary: { soak: 1h } }\n']]),
    );
    await world.github.addRepository('docs', new Map([['README.md', '# docs\n']]));
    const { of } = await examined({}, '--org', 'acme');
    expect(of('config in force').map(({ subject, state }) => `${subject} ${state}`)).toEqual([
      'acme/.github ok',
      'acme/docs problem',
      'acme/shop problem',
    ]);
    expect(of('config in force')[2]?.detail).toContain(
      'release.canary.soak: expected at least 1h, found 400ms',
    );

    const shell = await shellWith({});
    expect(await shell.run('doctor', '--org', 'acme')).toBe(1);
    expect(shell.stdout).toMatch(/3 repositories\n– 0 of 3 in order\n/);
    expect(shell.stdout).toMatch(
      /✖ tags: tags v\* can be moved .*\n {2}→ .*\n {2}acme\/\.github, acme\/docs\n/,
    );
    for (const secret of [world.env.PRIVATE_KEY, world.env.WEBHOOK_SECRET, 'ghs_'])
      expect(shell.stdout + shell.stderr).not.toContain(secret);
  });
});

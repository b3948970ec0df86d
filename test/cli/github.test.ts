import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { judgeChecks, judgeProtection } from '../../app/doctor/branch.ts';
import { judgeTags } from '../../app/doctor/repository.ts';
import { checkNameOf } from '../../core/gate/names.ts';
import type { BranchRules } from '../../core/ports/branch-rules.ts';
import { FakeGithub, FakeWorld } from './support.ts';

const issue = (change: object = {}) => ({
  number: 7,
  title: 'Release v1.4.0',
  state: 'open',
  html_url: 'https://github.example.test/acme/shop/issues/7',
  body: '| step | state |',
  user: { type: 'Bot' },
  ...change,
});

const call = async (answers: Record<string, unknown>, env: Record<string, string>, ...argv: string[]) => {
  const github = new FakeGithub(answers);
  const world = new FakeWorld('/', env, github.fetch);
  const status = await world.run(...argv);
  return { status, stdout: world.stdout, stderr: world.stderr, requests: github.requests };
};

const list = 'GET /repos/acme/shop/issues';
const comments = 'POST /repos/acme/shop/issues/7/comments';
const env = {
  GITHUB_TOKEN: 'token-of-mona',
  GITHUB_REPOSITORY: 'acme/shop',
  GITHUB_API_URL: 'https://api.example.test',
};

describe('a command for a release', () => {
  it.each<[string[], string]>([
    [['promote', 'v1.4.0', '--canary', '10'], '/promote 10'],
    [['promote', 'v1.4.0'], '/promote next'],
    [['promote', 'v1.4.0', '--canary', '50', '--commit', 'abcdef0'], '/promote 50 abcdef0'],
    [['promote', 'v1.4.0', '50', '--commit', 'abcdef0'], '/promote 50 abcdef0'],
    [['promote', 'v1.4.0', '--commit', 'abcdef0'], '/promote next abcdef0'],
    [['rollback', 'v1.4.0', '--reason', 'checkout is slow'], '/rollback checkout is slow'],
    [['hold', 'v1.4.0'], '/hold'],
    [['resume', 'v1.4.0'], '/resume'],
    [['promote', 'v1.4.0', '50', '--reason', 'CAB-212 approved'], '/promote 50 reason="CAB-212 approved"'],
    [['promote', 'v1.4.0', '--dry-run'], '/promote next --dry-run'],
    [['abort', 'v1.4.0', 'wrong', 'changelog'], '/abort wrong changelog'],
    [['approve', 'v1.4.0', 'abcdef0'], '/approve abcdef0'],
    [['reject', 'v1.4.0', '--reason', 'not now'], '/reject not now'],
    [
      ['override', 'v1.4.0', 'perf', '--for', '2h', '--reason', 'the generator is down'],
      '/override perf for=2h reason="the generator is down"',
    ],
    [['lock', 'v1.4.0', '2h', 'load test'], '/lock 2h load test'],
    [['unlock', 'v1.4.0'], '/unlock'],
    [['unblock', 'v1.4.0', '--reason', 'fixed by #412'], '/unblock fixed by #412'],
    [['gates', 'v1.4.0', 'rerun', 'perf'], '/gates rerun perf'],
    [['flags', 'v1.4.0'], '/flags'],
    [['flags', 'v1.4.0', 'kill', 'search', 'drops results'], '/flags kill search drops results'],
    [['escalate', 'v1.4.0'], '/escalate'],
    [['plan', 'v1.4.0'], '/plan'],
    [['why', 'v1.4.0'], '/why'],
    [['whocan', 'v1.4.0', 'promote'], '/whocan promote'],
  ])('%j is the comment %j on its issue', async (argv, body) => {
    const answers = {
      [list]: [issue({ title: 'Release v1.3.0', number: 6 }), issue()],
      [comments]: { html_url: 'https://x/1' },
    };
    const { status, stdout, requests } = await call(answers, env, ...argv);
    expect(status).toBe(0);
    expect(stdout).toContain(body);
    expect(requests.at(-1)).toEqual({
      what: comments,
      body: { body },
      authorization: 'Bearer token-of-mona',
    });
  });

  it('is only told when there is no token, and that is not success', async () => {
    const { status, stdout, requests } = await call({}, {}, 'promote', 'v1.4.0', '--repo', 'acme/shop');
    expect(status).toBe(2);
    expect(stdout).toBe('/promote next\n');
    expect(requests).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string[], number, RegExp]>([
    [
      'an issue that a person opened',
      { [list]: [issue({ user: { type: 'User' } })] },
      ['v1.4.0'],
      2,
      /no issue "Release v1.4.0"/,
    ],
    ['a pull request of that title', { [list]: [issue({ pull_request: {} })] }, ['v1.4.0'], 2, /no issue/],
    ['no such release', { [list]: [] }, ['v1.4.0'], 2, /no issue/],
    ['a token that may not comment', { [list]: [issue()], [comments]: 403 }, ['v1.4.0'], 2, /403 to POST/],
    ['a GitHub that fails', { [list]: 502 }, ['v1.4.0'], 3, /answered 502/],
    ['no tag', {}, [], 2, /expected one tag/],
    ['a weight that is none', {}, ['v1.4.0', '--canary', '5O'], 2, /1 to 100 or next/],
    ['a weight over 100', {}, ['v1.4.0', '--canary', '101'], 2, /1 to 100 or next/],
    ['a commit that is none', {}, ['v1.4.0', '--commit', 'x\n/rollback'], 2, /commit sha/],
  ])('is refused with %s', async (_name, answers, argv, status, message) => {
    const answer = await call(answers, env, 'promote', ...argv);
    expect(answer.stderr).toMatch(message);
    expect(answer.status).toBe(status);
    expect(answer.stderr).not.toContain('token-of-mona');
  });

  it.each([
    ['preview 7', '/preview'],
    ['preview #7 extend 24h', '/preview extend 24h'],
    ['preview --pr 7 make-room', '/preview make-room'],
  ])('asks for what only pull requests have by their number: %s', async (line, posted) => {
    const answers = { 'POST /repos/acme/shop/issues/7/comments': { html_url: 'https://github.com/x' } };
    const { status, requests } = await call(answers, env, ...line.split(' '));
    expect([status, requests[0]?.body]).toEqual([0, { body: posted }]);
  });

  it('goes to a pull request when one is named', async () => {
    const answers = { [comments]: { html_url: 'https://x/1' } };
    const { status, requests } = await call(answers, env, 'gates', 'rerun', 'all', '--pr', '7');
    expect(status).toBe(0);
    expect(requests).toMatchObject([{ what: comments, body: { body: '/gates rerun all' } }]);
  });

  it.each<[string[], RegExp]>([
    [['override', 'v1.4.0', 'perf', '--reason', 'the generator is down'], /MISSING_ARGUMENT/],
    [['override', 'v1.4.0', 'perf', '--for', '2h', '--reason', 'a "b" c'], /BAD_ARGUMENT/],
    [['gates', 'v1.4.0', 'rerun', 'everything'], /BAD_ARGUMENT/],
    [['promote', 'v1.4.0', '50', '--canary', '100'], /said twice/],
    [['promote', 'v1.4.0', '50', 'abcdef0', '--commit', 'abcdef1'], /said twice/],
    [['whocan', 'v1.4.0', 'promot'], /did you mean `promote`/],
    [['promote', 'v1.4.0', '5O'], /BAD_ARGUMENT/],
    [['why', '--pr', 'seven'], /number of a pull request/],
    [['preview'], /number of a pull request/],
    [['preview', 'v1.4.0'], /number of a pull request/],
  ])('%j is refused before anything is posted, in the words of a reply', async (argv, message) => {
    const answer = await call({ [list]: [issue()] }, env, ...argv);
    expect(answer.status).toBe(2);
    expect(answer.stderr).toMatch(message);
    expect(answer.requests).toEqual([]);
  });

  it('waits for the answer and ends with it', async () => {
    const reply = (text: string) => ({
      [list]: [issue()],
      [comments]: { html_url: 'https://x/1', id: 9 },
      [comments.replace('POST', 'GET')]: [
        { body: '<!-- release-conductor:reply/9/lock -->\nfrom somebody', user: { type: 'User' } },
        { body: `<!-- release-conductor:reply/9/lock -->\n${text}`, user: { type: 'Bot' } },
      ],
    });
    const accepted = await call(reply('✅ Locked.'), env, 'lock', 'v1.4.0', '--wait');
    expect(accepted).toMatchObject({ status: 0, stdout: expect.stringContaining('✅ Locked.') });
    const refused = await call(reply('❌ `NOT_PERMITTED`'), env, 'lock', 'v1.4.0', '--wait');
    expect(refused).toMatchObject({ status: 1, stdout: expect.stringContaining('NOT_PERMITTED') });
  });

  it('cannot smuggle in a second command', async () => {
    const { status, requests } = await call(
      { [list]: [issue()] },
      env,
      'rollback',
      'v1.4.0',
      '--reason',
      'x\n/promote 100',
    );
    expect(status).toBe(2);
    expect(requests).toEqual([]);
  });
});

describe('status', () => {
  it('shows the status table of the issue', async () => {
    const { status, stdout } = await call(
      { [list]: [issue({ body: '| a \u001b[2J|' })] },
      env,
      'status',
      'v1.4.0',
    );
    expect(status).toBe(0);
    expect(stdout).toContain('Release v1.4.0 (open)');
    expect(stdout).not.toContain('\u001b');
  });

  it('asks the Conductor when it knows where it is', async () => {
    const { stdout, requests } = await call(
      { 'GET /v1/releases/v1.4.0': { tag: 'v1.4.0' } },
      { CONDUCTOR_URL: 'https://conductor.example.test/' },
      'status',
      'v1.4.0',
    );
    expect(JSON.parse(stdout)).toEqual({ tag: 'v1.4.0' });
    expect(requests).toHaveLength(1);
  });

  it('exits 3 when the Conductor does not answer', async () => {
    const { status, stderr } = await call(
      {},
      { CONDUCTOR_URL: 'https://conductor.example.test' },
      'status',
      'v1.4.0',
    );
    expect(status).toBe(3);
    expect(stderr).toContain('HTTP 404');
  });
});

describe('doctor looks at the required checks', () => {
  const all = Object.values(checkNameOf).map((name) => ({
    name,
    appId: 99 as number | null,
    by: 'ruleset' as const,
  }));
  const about = (requiredChecks: BranchRules['requiredChecks'], appId: number | null = 99) =>
    judgeChecks({ branch: 'main', requiredChecks }, appId).map((found) => `${found.state}: ${found.detail}`);

  it('and finds nothing when each is pinned to the App', () => {
    expect(about(all)).toEqual(['ok: all 5 are required on main and pinned']);
  });

  it.each<[string, BranchRules['requiredChecks'][number], RegExp]>([
    ['not pinned', { name: 'slo-gates', appId: null, by: 'ruleset' }, /slo-gates on main is not pinned/],
    [
      'pinned to GitHub Actions',
      { name: 'slo-gates', appId: 15_368, by: 'ruleset' },
      /slo-gates on main is pinned to GitHub Actions/,
    ],
    [
      'pinned to another App',
      { name: 'slo-gates', appId: 7, by: 'ruleset' },
      /slo-gates on main is pinned to app 7/,
    ],
  ])('and names one that is %s', (_name, check, message) => {
    expect(about([check, ...all.slice(1)])).toEqual([expect.stringMatching(message)]);
  });

  it('and names those that are not required, and foreign ones that anybody can set', () => {
    expect(about([...all.slice(1), { name: 'build', appId: null, by: 'ruleset' }])).toEqual([
      expect.stringContaining('build on main is not pinned'),
      expect.stringContaining('slo-gates is not required on main'),
    ]);
  });

  it('and says where the pin belongs when classic protection asks for the check', () => {
    const loose = { name: 'slo-gates', appId: null, by: 'protection' } as const;
    const [found] = judgeChecks({ branch: 'main', requiredChecks: [...all, loose] }, 99);
    expect(found).toMatchObject({
      state: 'problem',
      help: expect.stringMatching(/app_id 99\) in the branch protection of main/),
    });
  });

  it.each<[string, BranchRules['protection'], 'ruleset' | 'protection', string[]]>([
    ['none', null, 'protection', ['ok: rulesets alone']],
    ['in order', { adminsPass: false, locked: false, linear: false }, 'protection', ['ok: the classic']],
    [
      'past which administrators go',
      { adminsPass: true, locked: false, linear: false },
      'protection',
      ['problem: administrators'],
    ],
    [
      'past which they go, and which a ruleset repeats',
      { adminsPass: true, locked: false, linear: false },
      'ruleset',
      ['ok: the'],
    ],
    [
      'that is locked',
      { adminsPass: false, locked: true, linear: false },
      'protection',
      ['problem: main is locked'],
    ],
    [
      'that nobody may see',
      { adminsPass: true, locked: null, linear: null },
      'protection',
      ['problem: adm', 'unknown: main has'],
    ],
  ])('and at classic protection: %s', (_, protection, by, expected) => {
    const requiredChecks = all.map((check) => ({ ...check, by }));
    const found = judgeProtection({ branch: 'main', protection, requiredChecks });
    expect(found.map(({ state, detail }) => `${state}: ${detail}`)).toEqual(
      expected.map((start) => expect.stringContaining(start)),
    );
    expect(found.every((one) => one.state === 'ok' || 'help' in one)).toBe(true);
  });
});

describe('doctor', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const credentials = { APP_ID: '99', PRIVATE_KEY: pem, WEBHOOK_SECRET: 'x' };

  it('names what is wrong with GitHub, the App and the repository, each with its remedy', async () => {
    const answers = {
      'GET /meta': {},
      'GET /app': { slug: 'conductor', permissions: { metadata: 'read' } },
      'GET /repos/acme/shop': { default_branch: 'main' },
      'GET /repos/acme/shop/rules/branches/main': [
        {
          type: 'required_status_checks',
          parameters: { required_status_checks: [{ context: 'slo-gates' }] },
        },
      ],
    };
    const { status, stdout } = await call(
      answers,
      {
        ...env,
        ...credentials,
        DATA_DIR: '/dev/null/data',
        DATABASE_URL: 'postgres://app:hunter2@127.0.0.1:1/x',
      },
      'doctor',
    );
    expect(status).toBe(1);
    expect(stdout).toContain('✔ github: https://api.example.test answers');
    expect(stdout).toContain('✔ app: App conductor');
    expect(stdout).toMatch(/✖ app: permission checks: expected write, found none\n {2}→ \S/);
    expect(stdout).toMatch(/✖ required checks: slo-gates on main is not pinned/);
    expect(stdout).toMatch(/✖ data directory: .*cannot be written/);
    expect(stdout).toMatch(/✖ postgres: DATABASE_URL does not answer/);
    expect(stdout).not.toContain('hunter2');
  });

  const judged = async (answers: Record<string, unknown>, check: string) => {
    const { stdout } = await call(
      { 'GET /meta': {}, 'GET /repos/acme/shop': { default_branch: 'main' }, ...answers },
      { ...env, ...credentials, DATA_DIR: '/dev/null/data', DATABASE_URL: 'postgres://127.0.0.1:1/x' },
      'doctor',
      '--json',
    );
    const all = JSON.parse(stdout) as {
      subject: string;
      check: string;
      state: string;
      detail: string;
      help?: string;
    }[];
    return all.filter((one) => one.check === check).map(({ subject: _, ...one }) => one);
  };
  const app = { slug: 'conductor', permissions: {}, events: ['push'] };
  const manifest = parse(readFileSync('app.yml', 'utf8')) as { default_permissions: Record<string, string> };
  const everything = manifest.default_permissions;
  const queue = {
    'GET /repos/acme/shop': { default_branch: 'main' },
    'GET /repos/acme/shop/rules/branches/main': [{ type: 'merge_queue' }],
  };
  const workflow = `on: pull_request_target
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: { ref: "\${{ github.event.pull_request.head.sha }}" }
`;

  it.each<[string, string, Record<string, unknown>, RegExp]>([
    ['an event that the App does not hear', 'app', { 'GET /app': app }, /does not hear of merge_group/],
    [
      'webhooks that failed within a day',
      'webhooks',
      {
        'GET /app/hook/deliveries': [
          { id: 3, guid: 'a', delivered_at: new Date().toISOString(), event: 'push', status_code: 502 },
          { id: 2, guid: 'b', delivered_at: new Date().toISOString(), event: 'push', status_code: 202 },
          { id: 1, guid: 'c', delivered_at: '2020-01-01T00:00:00Z', event: 'label', status_code: 500 },
        ],
      },
      /1 of 2 webhook deliveries of the last day failed: push \(502\)/,
    ],
    [
      'a rate limit that is nearly used up',
      'rate limit',
      {
        'GET /repos/acme/shop/installation': { id: 5, permissions: {} },
        'POST /app/installations/5/access_tokens': { token: 'of-the-installation' },
        'GET /rate_limit': { resources: { core: { limit: 5_000, remaining: 12, reset: 1_800_000_000 } } },
      },
      /12 of 5000 requests are left/,
    ],
    [
      'a merge queue without permission',
      'merge queue',
      { 'GET /repos/acme/shop/installation': { id: 5, permissions: {} }, ...queue },
      /lacks .*merge_queues: read/,
    ],
    [
      'tags that can be moved',
      'tags',
      { 'GET /repos/acme/shop/rulesets': [] },
      /tags v\* can be moved and deleted/,
    ],
    [
      'a workflow open to foreign code',
      'workflows',
      {
        'GET /repos/acme/shop/contents/.github/workflows': [{ path: '.github/workflows/a.yml' }],
        'GET /repos/acme/shop/contents/.github/workflows/a.yml': {
          content: Buffer.from(workflow).toString('base64'),
        },
      },
      /workflows\/a\.yml:\d+: .*pull_request_target/,
    ],
  ])('names %s, with its remedy', async (_what, check, answers, detail) => {
    expect(await judged(answers, check)).toContainEqual({
      check,
      state: 'problem',
      detail: expect.stringMatching(detail),
      help: expect.stringMatching(/\S/),
    });
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['rules of a repository that cannot be seen', 'required checks', { 'GET /repos/acme/shop': 403 }],
    ['tags of a repository that cannot be seen', 'tags', { 'GET /repos/acme/shop': 403 }],
    ['tags where the rulesets are hidden', 'tags', { 'GET /repos/acme/shop/rulesets': 404 }],
    [
      'a merge queue where the rules are hidden',
      'merge queue',
      { 'GET /repos/acme/shop/rules/branches/main': 404 },
    ],
    ['workflows of a repository that is hidden', 'workflows', { 'GET /repos/acme/shop': 404 }],
    ['workflows while GitHub fails', 'workflows', { 'GET /repos/acme/shop/contents/.github/workflows': 502 }],
    ['deliveries that may not be listed', 'webhooks', { 'GET /app/hook/deliveries': 403 }],
    ['a list of deliveries that is none', 'webhooks', { 'GET /app/hook/deliveries': { message: 'x' } }],
    [
      'the events of an App that does not say',
      'app',
      { 'GET /app': { slug: 'conductor', permissions: everything } },
    ],
  ])('does not call in order what it cannot ask: %s', async (_what, check, answers) => {
    const found = await judged(answers, check);
    expect(found.filter(({ state }) => state === 'unknown')).toEqual([
      { check, state: 'unknown', detail: expect.stringMatching(/\S/), help: expect.stringMatching(/\S/) },
    ]);
  });

  it('knows tags that a ruleset keeps, and exceptions from it', () => {
    const rules = [{ type: 'update' }, { type: 'deletion' }];
    const keeps = (include: string[], exclude: string[] = [], enforcement = 'active') =>
      judgeTags('api-v*', [
        { id: 1, target: 'tag', enforcement, conditions: { ref_name: { include, exclude } }, rules },
      ]).state;
    expect(keeps(['~ALL'])).toBe('ok');
    expect(keeps(['refs/tags/api-v*'])).toBe('ok');
    expect(keeps(['refs/tags/v*'])).toBe('problem');
    expect(keeps(['~ALL'], ['refs/tags/api-*'])).toBe('problem');
    expect(keeps(['~ALL'], [], 'evaluate')).toBe('problem');
  });

  it('finds a real Postgres when none is configured', async () => {
    const world = new FakeWorld('/', { DATA_DIR: '/tmp', PORT: '0' });
    expect(await world.run('doctor', '--offline', '--json')).toBe(0);
    expect(JSON.parse(world.stdout)).toContainEqual(
      expect.objectContaining({ check: 'postgres', state: 'ok' }),
    );
  });
});

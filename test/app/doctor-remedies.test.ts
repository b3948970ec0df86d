import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { examineGithub, type Finding } from '../../app/doctor.ts';
import { configPath } from '../../core/config/path.ts';
import { checkNameOf } from '../../core/gate/names.ts';
import type { LocalGithub } from '../../sandbox/github/index.ts';
import {
  asApp,
  asUser,
  type Octokit,
  repository,
  startReceiver,
  startSample,
} from '../sandbox/github/support.ts';

const manifest = parse(readFileSync('app.yml', 'utf8')) as {
  default_permissions: Record<string, 'read' | 'write'>;
  default_events: string[];
};
const main = { ...repository, branch: 'main' };
const org = 'acme';

let github: LocalGithub;
let alice: Octokit;
let app: Octokit;
let hook: Awaited<ReturnType<typeof startReceiver>>;

beforeAll(async () => {
  github = await startSample({
    app: { permissions: manifest.default_permissions, events: manifest.default_events },
  });
  [alice, { app }, hook] = [asUser(github, 'alice'), asApp(github), await startReceiver()];
  github.setWebhookUrl(hook.url);
  await put(configPath, 'version: 1\n');
  await put('.github/workflows/gates.yml', workflow('pull_request'));
  await ruleset('gates', [checks(github.app.appId)]);
  await tagRuleset();
});
afterAll(async () => {
  await hook.close();
  await github.close();
});

const checks = (appId: number | undefined, names: readonly string[] = Object.values(checkNameOf)) => ({
  type: 'required_status_checks' as const,
  parameters: {
    strict_required_status_checks_policy: false,
    required_status_checks: names.map((context) => ({
      context,
      ...(appId === undefined ? {} : { integration_id: appId }),
    })),
  },
});

/** Makes the ruleset of this name, or gives it other rules. */
async function ruleset(name: string, rules: object[], change: object = {}): Promise<void> {
  const { data } = await alice.rest.repos.getRepoRulesets({ ...repository, includes_parents: false });
  const known = data.find((one) => one.name === name);
  const body = {
    ...repository,
    name,
    target: 'branch' as const,
    enforcement: 'active' as const,
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    // Whoever mends the config here may push.
    bypass_actors: [
      { actor_id: 1, actor_type: 'OrganizationAdmin' as const, bypass_mode: 'always' as const },
    ],
    rules: rules as [],
    ...change,
  };
  if (known === undefined) await alice.rest.repos.createRepoRuleset(body);
  else await alice.rest.repos.updateRepoRuleset({ ...body, ruleset_id: known.id });
}

const tagRuleset = (rules: string[] = ['update', 'deletion'], enforcement = 'active') =>
  ruleset(
    'tags',
    rules.map((type) => ({ type })),
    { target: 'tag', enforcement, conditions: { ref_name: { include: ['refs/tags/v*'], exclude: [] } } },
  );

const workflow = (event: string): string => `on: ${event}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: { ref: "$\{{ github.event.pull_request.head.sha }}" }
`;

async function put(path: string, text: string | null): Promise<void> {
  const known = await alice.rest.repos.getContent({ ...repository, path }).catch(() => null);
  const sha = (known?.data as { sha: string } | undefined)?.sha;
  const at = { ...repository, path, message: path };
  if (text === null) await alice.rest.repos.deleteFile({ ...at, sha: sha ?? '' });
  else {
    const content = Buffer.from(text).toString('base64');
    await alice.rest.repos.createOrUpdateFileContents({
      ...at,
      content,
      ...(sha === undefined ? {} : { sha }),
    });
  }
}

const protect = (change: object) =>
  alice.rest.repos.updateBranchProtection({
    ...main,
    required_status_checks: null,
    enforce_admins: true,
    required_pull_request_reviews: null,
    restrictions: null,
    ...change,
  });
const unprotect = () => alice.rest.repos.deleteBranchProtection(main);
const classic = (name: string, appId: number) => ({
  required_status_checks: { strict: false, contexts: [], checks: [{ context: name, app_id: appId }] },
});

/** What no API sets: the settings of the App, its quota, the time. Answers of GitHub's that are changed on the way. */
let settings: Record<string, (body: never) => unknown> = {};
let skew = 0;

const asDoctor: typeof fetch = async (address, init) => {
  const answer = await fetch(address, init);
  const change = settings[new URL(String(address)).pathname];
  if (change === undefined) return answer;
  return new Response(JSON.stringify(change((await answer.json()) as never)), {
    status: answer.status,
    headers: answer.headers,
  });
};

async function findings(env: Record<string, string> = {}): Promise<readonly Finding[]> {
  await github.settled();
  const { appId, privateKeyPem } = github.app;
  const shell = {
    env: { GITHUB_API_URL: github.apiUrl, APP_ID: String(appId), PRIVATE_KEY: privateKeyPem, ...env },
    fetch: asDoctor,
  };
  const scope = { kind: 'repository', repository: 'acme/shop', folder: null } as const;
  const examined = await examineGithub(shell, scope, () => Date.now() + skew);
  return examined.flatMap((one) => one.findings);
}

const wrong = (found: readonly Finding[]) => found.filter(({ state }) => state !== 'ok');

interface Trouble {
  readonly what: string;
  readonly spoil: () => unknown;
  /** What is said, and the remedy as it is told. */
  readonly says: readonly [check: string, detail: RegExp, help: RegExp];
  /** The remedy, followed to the letter. */
  readonly mend: () => unknown;
}

const permission = (path: string, name: string): Trouble => ({
  what: `a permission that ${path.includes('installation') ? 'nobody accepted' : 'the App does not ask for'}`,
  spoil: () => {
    settings = {
      [path]: (body: { permissions: object }) => ({
        ...body,
        permissions: { ...body.permissions, [name]: undefined },
      }),
    };
  },
  says: [
    path === '/app' ? 'app' : 'installation',
    new RegExp(`permission ${name}: expected .*, found none`),
    /settings of the App|an owner accepts it/,
  ],
  mend: () => {
    settings = {};
  },
});

const troubles: readonly Trouble[] = [
  permission('/app', 'checks'),
  permission('/repos/acme/shop/installation', 'deployments'),
  {
    what: 'an event that the App does not hear',
    spoil: () => {
      settings = { '/app': (body: object) => ({ ...body, events: ['push'] }) };
    },
    says: ['app', /does not hear of merge_group/, /tick it under "Subscribe to events"/],
    mend: () => {
      settings = {};
    },
  },
  {
    what: 'a limit that is nearly used up',
    spoil: () => {
      settings = {
        '/rate_limit': (body: { resources: { core: object } }) => ({
          resources: { ...body.resources, core: { ...body.resources.core, remaining: 1 } },
        }),
      };
    },
    says: ['rate limit', /^1 of \d+ requests are left/, /an App of its own/],
    mend: () => {
      settings = {};
    },
  },
  {
    what: 'a clock that is ahead',
    spoil: () => {
      skew = 120_000;
    },
    says: ['github', /this clock is 1[12]\d s ahead/, /NTP/],
    mend: () => {
      skew = 0;
    },
  },
  {
    what: 'webhooks that nobody took',
    spoil: async () => {
      github.setWebhookUrl('http://127.0.0.1:1/');
      const { data } = await alice.rest.issues.create({ ...repository, title: 'lost' });
      await alice.rest.issues.createComment({ ...repository, issue_number: data.number, body: 'lost' });
      await github.settled();
    },
    says: ['webhooks', /of the last day failed: issue_comment/, /fetches them again by itself/],
    mend: async () => {
      github.setWebhookUrl(hook.url);
      const { data } = await app.request('GET /app/hook/deliveries', { per_page: 100 });
      for (const { id } of data.filter(({ status_code: status }) => status !== 202)) {
        await app.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: Number(id) });
      }
      await github.settled();
    },
  },
  {
    what: 'no config',
    spoil: () => put(configPath, null),
    says: ['config in force', /has no \.github\/release-conductor\.yml/, /release-conductor init/],
    mend: () => put(configPath, 'version: 1\n'),
  },
  {
    what: 'a config with a mistake',
    spoil: () => put(configPath, 'version: 1\ngovernence: {}\n'),
    says: ['config in force', /governence/, /Did you mean `governance`/],
    mend: () => put(configPath, 'version: 1\ngovernance: {}\n'),
  },
  {
    what: 'a check that anybody can set',
    spoil: () => ruleset('gates', [checks(undefined)]),
    says: [
      'required checks',
      /slo-gates on main is not pinned/,
      /pin it to the App \(integration_id \d+\) in the ruleset/,
    ],
    mend: () => ruleset('gates', [checks(github.app.appId)]),
  },
  {
    what: 'a check that any workflow can set',
    spoil: () => ruleset('gates', [checks(15_368)]),
    says: ['required checks', /slo-gates on main is pinned to GitHub Actions/, /integration_id/],
    mend: () => ruleset('gates', [checks(github.app.appId)]),
  },
  {
    what: 'a check of ours that is not required',
    spoil: () => ruleset('gates', [checks(github.app.appId, Object.values(checkNameOf).slice(1))]),
    says: [
      'required checks',
      /slo-gates is not required on main/,
      /add it to the required checks of a ruleset/,
    ],
    mend: () => ruleset('gates', [checks(github.app.appId)]),
  },
  {
    what: 'a check that classic protection takes from anybody',
    spoil: () => protect(classic('slo-gates', -1)),
    says: [
      'required checks',
      /slo-gates on main is not pinned/,
      /app_id \d+\) in the branch protection of main/,
    ],
    mend: () => protect(classic('slo-gates', github.app.appId)),
  },
  {
    what: 'a foreign check that classic protection takes from anybody',
    spoil: () => protect(classic('build', -1)),
    says: ['required checks', /build on main is not pinned/, /pin it to the app that sets it/],
    mend: () => protect(classic('build', 15_368)),
  },
  {
    what: 'a check that administrators merge past',
    spoil: () => protect({ ...classic('build', 15_368), enforce_admins: false }),
    says: ['branch protection', /administrators merge past build/, /Do not allow bypassing/],
    mend: () => protect(classic('build', 15_368)),
  },
  {
    what: 'a branch that is locked',
    spoil: () => protect({ lock_branch: true }),
    says: ['branch protection', /main is locked/, /untick "Lock branch"/],
    mend: unprotect,
  },
  {
    what: 'tags that can be moved',
    spoil: () => tagRuleset(['deletion']),
    says: [
      'tags',
      /tags v\* can be moved by/,
      /tag ruleset for refs\/tags\/v\* that blocks update and deletion/,
    ],
    mend: () => tagRuleset(),
  },
  {
    what: 'a tag ruleset that only watches',
    spoil: () => tagRuleset(['update', 'deletion'], 'evaluate'),
    says: ['tags', /can be moved and deleted/, /tag ruleset/],
    mend: () => tagRuleset(),
  },
  {
    what: 'a merge queue whose groups the App does not see',
    spoil: async () => {
      await ruleset('gates', [checks(github.app.appId), queue]);
      const unseeing = (body: { permissions: object }) => ({
        ...body,
        permissions: { ...body.permissions, merge_queues: undefined },
      });
      settings = { '/app': unseeing, '/repos/acme/shop/installation': unseeing };
    },
    says: ['merge queue', /lacks the permission merge_queues: read/, /grant it in the settings of the App/],
    mend: () => {
      settings = {};
    },
  },
  {
    what: 'a merge queue that cannot merge',
    spoil: async () => {
      const merging = { ...queue, parameters: { ...queue.parameters, merge_method: 'MERGE' } };
      await ruleset('gates', [checks(github.app.appId), merging]);
      await protect({ required_linear_history: true });
    },
    says: ['merge queue', /makes merge commits, and its history must be linear/, /to squash or rebase/],
    mend: async () => {
      await ruleset('gates', [checks(github.app.appId), queue]);
      await unprotect();
    },
  },
  {
    what: 'a workflow that is open to foreign code',
    spoil: () => put('.github/workflows/gates.yml', workflow('pull_request_target')),
    says: ['workflows', /gates\.yml:\d+: .*pull_request_target/, /pull_request/],
    mend: () => put('.github/workflows/gates.yml', workflow('pull_request')),
  },
];

const queue = {
  type: 'merge_queue',
  parameters: {
    merge_method: 'SQUASH',
    grouping_strategy: 'ALLGREEN',
    max_entries_to_build: 5,
    max_entries_to_merge: 5,
    min_entries_to_merge: 1,
    min_entries_to_merge_wait_minutes: 5,
    check_response_timeout_minutes: 60,
  },
};

it('finds nothing to mend at first', async () => {
  expect(wrong(await findings())).toEqual([]);
});

it.each(troubles)('$what is told, and gone when the remedy was followed', async ({ spoil, says, mend }) => {
  await spoil();
  const [check, detail, help] = says;
  expect(wrong(await findings())).toContainEqual({
    check,
    state: 'problem',
    detail: expect.stringMatching(detail),
    help: expect.stringMatching(help),
  });
  await mend();
  expect(wrong(await findings())).toEqual([]);
});

it('what the organisation enforces counts, and what it forgets to pin is told', async () => {
  const above = (name: string, target: 'branch' | 'tag', rules: object[]) =>
    alice.rest.repos.createOrgRuleset({
      org,
      name,
      target,
      enforcement: 'active',
      conditions: {
        ref_name: { include: target === 'tag' ? ['refs/tags/*'] : ['~DEFAULT_BRANCH'], exclude: [] },
        repository_name: { include: ['~ALL'], exclude: [] },
      },
      rules: rules as [],
    });
  const { data: own } = await alice.rest.repos.getRepoRulesets({ ...repository, includes_parents: false });
  for (const { id } of own) await alice.rest.repos.deleteRepoRuleset({ ...repository, ruleset_id: id });
  expect(new Set(wrong(await findings()).map(({ check }) => check))).toEqual(
    new Set(['required checks', 'tags']),
  );
  const gates = await above('gates', 'branch', [checks(github.app.appId), queue]);
  const tags = await above('tags', 'tag', [{ type: 'update' }, { type: 'deletion' }]);
  expect(wrong(await findings())).toEqual([]);
  const loose = [checks(undefined)] as object[] as [];
  await alice.rest.repos.updateOrgRuleset({
    org,
    ruleset_id: gates.data.id,
    rules: loose,
  });
  expect(wrong(await findings()).map(({ detail }) => detail)).toContain(
    'slo-gates on main is not pinned: anybody with write access can set it',
  );
  for (const { data } of [gates, tags]) await alice.rest.repos.deleteOrgRuleset({ org, ruleset_id: data.id });
});

it.each<[string, Record<string, 'read'>]>([
  ['nothing but metadata', { metadata: 'read' }],
  ['nothing but issues', { issues: 'read' }],
])('a token that may read %s: each check that it cannot ask says so, and why', async (_, permissions) => {
  const blind = [
    'config in force',
    'required checks',
    'branch protection',
    'merge queue',
    'tags',
    'workflows',
  ];
  const { object } = (await alice.rest.git.getRef({ ...repository, ref: 'heads/main' })).data;
  const run = { path: '.github/workflows/a.yml', name: 'a', headSha: object.sha, headBranch: 'main' };
  const { id } = await github.createRun('acme/shop', { ...run, event: 'push' });
  const token = github.jobToken('acme/shop', id, permissions);
  const found = await findings({ APP_ID: '', PRIVATE_KEY: '', GITHUB_TOKEN: token });
  const unknown = found.filter(({ state }) => state === 'unknown');
  expect(unknown.map(({ check }) => check)).toEqual(blind);
  for (const finding of unknown)
    expect(finding).toMatchObject({
      detail: expect.stringMatching(/40[34] to GET|cannot be seen/),
      help: expect.stringMatching(/GITHUB_TOKEN/),
    });
  expect(found.filter(({ check, state }) => blind.includes(check) && state === 'ok')).toEqual([]);
});

it('a token that sees half of it makes nothing green that it could not ask', async () => {
  await protect({ ...classic('build', 15_368), enforce_admins: true });
  const bob = github.users.find(({ login }) => login === 'bob')?.token ?? '';
  const found = await findings({ APP_ID: '', PRIVATE_KEY: '', GITHUB_TOKEN: bob });
  expect(found.filter(({ check }) => check === 'branch protection')).toEqual([
    expect.objectContaining({ state: 'unknown', help: expect.stringContaining('Administration: read') }),
  ]);
  expect(JSON.stringify(found)).not.toContain(bob);
  await unprotect();
});

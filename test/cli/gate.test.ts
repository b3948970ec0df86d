import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRemote } from '../../cli/subject.ts';
import { gateResultSchema } from '../../core/gate/result.ts';
import { loopback } from '../support/action-run.ts';
import { FakeWorld, folderWith } from './support.ts';

const config =
  'version: 1\ntrusted_workflows: [.github/workflows/gates.yml]\ngates:\n  migrations: { dry_run: off }\n';
const unsafe = 'ALTER TABLE orders ADD COLUMN note text NOT NULL;\n';
const safe =
  "SET lock_timeout = '1s';\nSET statement_timeout = '5s';\nALTER TABLE orders ADD COLUMN note text;\n";

const gate = async (folder: string, ...argv: string[]) => {
  const world = new FakeWorld(folder);
  const status = await world.run('gate', ...argv);
  return { status, stdout: world.stdout, stderr: world.stderr };
};

describe('gate', () => {
  it('exits 1 for a bad change and shows the line, the reason and what to do', async () => {
    const folder = await folderWith({
      '.github/release-conductor.yml': config,
      'migrations/0001.sql': unsafe,
    });
    const { status, stdout } = await gate(folder, 'migrations');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^✖ migrations: fail/);
    expect(stdout).toMatch(/migrations\/0001.sql:1:\d+: error: adding-required-field[\s\S]* → /);
  });

  it('exits 0 for a good one', async () => {
    const folder = await folderWith({ '.github/release-conductor.yml': config, 'migrations/0001.sql': safe });
    expect(await gate(folder, 'migrations')).toMatchObject({ status: 0, stderr: '' });
  });

  it('prints exactly one GateResult with --json', async () => {
    const folder = await folderWith({
      '.github/release-conductor.yml': config,
      'migrations/0001.sql': unsafe,
    });
    const { status, stdout } = await gate(
      folder,
      'migrations',
      '--json',
      '--repo',
      'acme/shop',
      '--sha',
      'a'.repeat(40),
      '--ref',
      'refs/heads/x',
    );
    expect(status).toBe(1);
    expect(gateResultSchema.parse(JSON.parse(stdout))).toMatchObject({
      gate: 'migrations',
      verdict: 'fail',
      subject: { repository: 'acme/shop', sha: 'a'.repeat(40), ref: 'refs/heads/x' },
    });
  });

  it('judges the files that are named', async () => {
    const folder = await folderWith({
      '.github/release-conductor.yml': config,
      'migrations/0001.sql': unsafe,
      'other/1.sql': safe,
    });
    expect((await gate(folder, 'migrations', 'other/1.sql')).status).toBe(0);
  });

  it('compares with a base, whose config counts', async () => {
    const base = await folderWith({ '.github/release-conductor.yml': config, 'migrations/0001.sql': unsafe });
    const folder = await folderWith({
      '.github/release-conductor.yml': `${config.replace('dry_run: off', 'dry_run: off, exclude_rules: [adding-required-field]')}`,
      'migrations/0001.sql': unsafe,
      'migrations/0002.sql': unsafe.replace('note', 'other'),
    });
    const { status, stdout } = await gate(folder, 'migrations', '--base', base);
    expect(status).toBe(1);
    expect(stdout).toContain('migrations/0002.sql');
    expect(stdout).not.toContain('migrations/0001.sql');
  });

  it('gives policies the facts of a file, as its word alone', async () => {
    const policy =
      'package conductor.release\n\ndefault allow := false\n\nallow if input.facts.approvals > 1\n';
    const folder = await folderWith({
      '.github/release-conductor/policies/release.rego': policy,
      'few.json': '{"approvals": 1}',
      'enough.yaml': 'approvals: 2',
      'broken.json': '{',
    });
    expect((await gate(folder, 'policy')).stdout).toContain('policy-denied');
    expect((await gate(folder, 'policy', '--input', 'few.json')).status).toBe(1);
    const { status, stdout } = await gate(folder, 'policy', '--input', 'enough.yaml', '--json');
    expect(status).toBe(0);
    const { measurements, inputs } = JSON.parse(stdout);
    expect(measurements.policies.supplied).toContain('facts');
    expect(inputs.policy_sha256).toMatch(/^[0-9a-f]{64}$/);
    expect((await gate(folder, 'policy', '--input', 'broken.json')).status).toBe(2);
  });

  it('walks the golden paths of the environment that is named, with no word of the config', async () => {
    const shop = await loopback(() => ({ status: 200, body: { cups: 3 } }));
    const folder = await folderWith({
      'golden_paths.yaml': 'paths: [{ name: home, path: / }]\n',
    });
    expect(await gate(folder, 'slo')).toMatchObject({ status: 1 });
    const { status, stdout } = await gate(folder, 'slo', '--base-url', `${shop.url}/pr-7`);
    expect([status, stdout]).toEqual([0, expect.stringContaining('1 of 1 golden path hold')]);
    expect(shop.requests.map(({ url }) => url)).toEqual(['/pr-7/']);
    expect((await gate(folder, 'slo', '--base-url', 'shop.example')).status).toBe(2);
    expect((await gate(folder, 'perf', '--base-url', shop.url)).status).toBe(2);
  });

  it('shows the metrics provider the token of METRICS_BEARER_TOKEN', async () => {
    const provider = await loopback(() => ({ status: 404, body: {} }));
    const folder = await folderWith({
      'config.yml': `version: 1
trusted_workflows: [.github/workflows/gates.yml]
allowed_hosts: [127.0.0.1]
gates:
  slo: { source: { kind: scrape, url: "${provider.url}/metrics" }, objectives: [{ name: shop, target: 0.99 }] }
`,
    });
    const world = new FakeWorld(folder, { METRICS_BEARER_TOKEN: 'abc' });
    expect(await world.run('gate', 'slo', '--config', 'config.yml')).toBe(1);
    expect(provider.requests[0]?.headers.authorization).toBe('Bearer abc');
  });

  it('takes repository, commit and branch from git', async () => {
    const folder = await folderWith({ '.github/release-conductor.yml': config, 'migrations/0001.sql': safe });
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', folder, '-c', 'user.name=x', '-c', 'user.email=x@example.test', ...args], {
        encoding: 'utf8',
      }).trim();
    git('init', '-q', '-b', 'main');
    git('remote', 'add', 'origin', 'git@github.example.test:acme/shop.git');
    git('add', '.');
    git('commit', '-q', '-m', 'x');
    const { stdout } = await gate(folder, 'migrations', '--json', '--base', 'HEAD');
    expect(JSON.parse(stdout).subject).toEqual({
      repository: 'acme/shop',
      sha: git('rev-parse', 'HEAD'),
      ref: 'refs/heads/main',
    });
  });

  it('writes SARIF and evidence where it is asked to', async () => {
    const folder = await folderWith({
      '.github/release-conductor.yml': config,
      'migrations/0001.sql': unsafe,
    });
    await gate(folder, 'migrations', '--sarif', 'out/m.sarif', '--evidence', 'out/evidence');
    expect(JSON.parse(await readFile(join(folder, 'out/m.sarif'), 'utf8'))).toMatchObject({
      version: '2.1.0',
    });
    const result = gateResultSchema.parse(
      JSON.parse(await readFile(join(folder, 'out/evidence/result.json'), 'utf8')),
    );
    for (const { path } of result.evidence)
      expect(await readFile(join(folder, 'out/evidence', path))).toBeDefined();
  });

  it('does not let file names speak to the terminal', async () => {
    const folder = await folderWith({
      '.github/release-conductor.yml': config,
      'migrations/\u001b[2J1.sql': unsafe,
    });
    const { stdout } = await gate(folder, 'migrations');
    expect(stdout).toContain('adding-required-field');
    expect(stdout).not.toContain('\u001b');
  });

  it.each<[string, string[], RegExp]>([
    ['no gate', [], /name of a gate/],
    ['an unknown base', ['migrations', '--base', 'no-such-ref'], /neither a folder nor a commit/],
    ['a base that looks like an option', ['migrations', '--base=--upload-pack=x'], /not a git revision/],
    ['a folder that is not there', ['migrations', '--directory', 'nowhere'], /no folder/],
    ['a config that is not there', ['migrations', '--config', 'nowhere.yml'], /no file nowhere.yml/],
    ['a malformed sha', ['migrations', '--sha', 'main'], /malformed/],
    ['facts for a gate that takes none', ['slo', '--input', 'facts.json'], /takes no --input/],
    ['facts that are not there', ['policy', '--input', 'facts.json'], /no file facts.json/],
    ['paths for a gate that takes none', ['policy', 'some/path'], /takes no paths/],
  ])('exits 2 with %s', async (_name, argv, message) => {
    const { status, stderr } = await gate(await folderWith({}), ...argv);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
  });

  it('exits 2 with a wrong config, and names the place', async () => {
    const folder = await folderWith({ 'c.yml': 'version: 1\ngatez: {}\n' });
    const { status, stderr } = await gate(folder, 'migrations', '--config', 'c.yml');
    expect(status).toBe(2);
    expect(stderr).toMatch(/c\.yml:2:1: gatez: unknown key/);
  });
});

describe('the address of a git remote', () => {
  it.each([
    ['git@github.com:acme/shop.git', 'acme/shop'],
    ['https://github.com/acme/shop', 'acme/shop'],
    ['ssh://git@github.com/acme/shop.git/', 'acme/shop'],
    ['/srv/git/shop.git', null],
    ['https://example.test/a/b/c', null],
    [null, null],
  ])('%j is the repository %j', (url, repository) => {
    expect(parseRemote(url)).toBe(repository);
  });
});

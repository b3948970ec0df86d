import { describe, expect, it, onTestFinished } from 'vitest';
import { type FlagServer, flag, flagsFile, share, startFlagServer } from './flag-provider.ts';
import { deploy, load, promoteToTheEnd, reaches, say, stage } from './story.ts';
import { commitFiles, configText, eventually, repository, startWorld, type World } from './world.ts';

const before = flagsFile({
  search: flag(),
  reports: flag({ targeting: { if: [{ in: ['acme', 'x'] }, 'on', 'off'] } }),
  other: flag({ defaultVariant: 'on' }),
});

/** A repository whose flags are in a file of it, and a flag server that syncs the file. */
async function worldWithFlags(
  section: (server: FlagServer) => string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ world: World; server: FlagServer }> {
  const server = await startFlagServer(before);
  const world = await startWorld({
    ALLOWED_HOSTS: '127.0.0.1',
    NOTIFY_FLAGS_URL: `${server.url}/webhook`,
    ...env,
  });
  const { data } = await world.alice.rest.repos.getContent({
    ...repository,
    path: '.github/release-conductor.yml',
  });
  const metrics = /url: "(http[^"]+)"/.exec(
    Buffer.from((data as { content: string }).content, 'base64').toString(),
  )?.[1];
  await commitFiles(
    world.alice,
    'main',
    {
      '.github/release-conductor.yml': `${configText(metrics ?? '')}${section(server)}`,
      'flags.json': before,
    },
    'feat: flags',
  );
  return { world, server };
}

async function readFlags(world: World): Promise<string> {
  const { data } = await world.alice.rest.repos.getContent({
    ...repository,
    path: 'flags.json',
    ref: 'main',
  });
  return Buffer.from((data as { content: string }).content, 'base64').toString();
}

/** As flagd does: what is in the branch is served a moment later. */
function syncing(world: World, server: FlagServer): void {
  const timer = setInterval(() => {
    readFlags(world).then(
      (text) => {
        server.text = text;
      },
      () => undefined,
    );
  }, 100);
  onTestFinished(() => clearInterval(timer));
}

async function comments({ alice }: World, issue: number): Promise<readonly string[]> {
  const { data } = await alice.rest.issues.listComments({
    ...repository,
    issue_number: issue,
    per_page: 100,
  });
  return data.map(({ body }) => body ?? '');
}
const says = (world: World, issue: number, part: string) =>
  eventually(async () => (await comments(world, issue)).find((text) => text.includes(part)) ?? null);

const fileSection = (write: string) => (server: FlagServer) =>
  `  ga_flags: [search, reports]
  flags:
    provider: { kind: flagd, path: flags.json, write: ${write} }
    confirm: { url: "${server.url}", samples: 60 }
    interval: 100ms
`;

describe('feature flags of a release', () => {
  it('are ramped with the canary and flipped at GA in a file of the repository, each read back and audited', async () => {
    const { world, server } = await worldWithFlags(fileSection('commit'));
    syncing(world, server);
    const issue = await stage(world, 'v1.1.0');
    onTestFinished(load(world, 'v1.0.0', 'v1.1.0', 0));
    await promoteToTheEnd(world, 'v1.1.0', issue);
    await says(world, issue, 'GA flags flipped: search, reports.');
    expect(JSON.parse(await readFlags(world)).flags).toEqual({
      search: flag({ defaultVariant: 'on' }),
      reports: flag({ defaultVariant: 'on' }),
      other: flag({ defaultVariant: 'on' }),
    });
    const { data: commits } = await world.alice.rest.repos.listCommits({ ...repository, path: 'flags.json' });
    const shares = commits.flatMap(
      ({ commit }) =>
        /^Flags of v1\.1\.0 \((?:ramp|ga)\): search (\d+) %, reports \1 %$/.exec(commit.message)?.[1] ?? [],
    );
    // A step that is reached while the one before is still read back takes its place.
    expect(shares.length).toBeGreaterThan(0);
    expect(['10', '50', '100'].filter((percent) => shares.includes(percent))).toEqual(shares.toReversed());
    expect(shares[0]).toBe('100');
    const audit = await (await fetch(`${world.conductor.url}/v1/audit?repository=acme/shop`)).text();
    const count = (action: string): number => audit.split(`"flag.${action}"`).length - 1;
    expect(count('flipped') + 2 * count('interrupted')).toBe(8);
    expect(count('flipped')).toBeGreaterThanOrEqual(2);
    expect(world.github.violations().filter(({ source }) => source === 'request')).toEqual([]);
  });

  it('go back with a rollback, rules and all; a kill waits for nothing and is kept', async () => {
    const { world, server } = await worldWithFlags(fileSection('commit'));
    syncing(world, server);
    const issue = await stage(world, 'v1.1.0');
    await say(world, issue, '/promote 10');
    await deploy(world, 'production', 10);
    await says(world, issue, 'Flags ramped with the canary: `search` to 10 % of users');
    await say(world, issue, '/flags kill search drops results');
    await says(world, issue, 'Flags killed by alice');
    expect(JSON.parse(await readFlags(world)).flags.search).toEqual(
      flag({ metadata: { 'release-conductor.killed': 'alice: drops results' } }),
    );
    await say(world, issue, '/rollback orders vanish');
    await deploy(world, 'production', 100, 'rollback');
    await reaches(world, 'v1.1.0', 'rolled_back');
    await says(world, issue, 'Flags given back by the rollback');
    const { flags } = JSON.parse(await readFlags(world));
    expect(flags.reports).toEqual(JSON.parse(before).flags.reports);
    expect(flags.search.metadata).toBeDefined();
  });

  it('wait for people in a pull request; what takes harm away is merged at once', async () => {
    const { world, server } = await worldWithFlags(fileSection('pull-request'));
    syncing(world, server);
    const issue = await stage(world, 'v1.1.0');
    await say(world, issue, '/promote 10');
    await deploy(world, 'production', 10);
    const pull = await eventually(async () => {
      const { data } = await world.alice.rest.pulls.list({ ...repository, state: 'open' });
      return data.find(({ title }) => title.startsWith('Flags of v1.1.0 (ramp)')) ?? null;
    });
    expect(JSON.parse(await readFlags(world)).flags.search).toEqual(flag());
    await world.alice.rest.pulls.merge({ ...repository, pull_number: pull.number });
    await says(world, issue, 'Flags ramped with the canary');
    expect(JSON.parse(await readFlags(world)).flags.search).toEqual(flag({ targeting: share(10) }));
    await say(world, issue, '/flags kill search');
    await says(world, issue, 'Flags killed by alice');
    expect(JSON.parse(await readFlags(world)).flags.search.targeting).toBeUndefined();
    expect(world.github.violations().filter(({ source }) => source === 'request')).toEqual([]);
  });

  it('that a provider refuses half way are all given back their former state', async () => {
    const { world, server } = await worldWithFlags(
      ({ url }) => `  ga_flags: [search, reports]
  flags:
    provider: { kind: webhook, name: flags }
    confirm: { url: "${url}", samples: 60 }
    interval: 100ms
`,
    );
    server.text = flagsFile({ search: flag(), reports: flag() });
    server.refused.add('reports');
    const issue = await stage(world, 'v1.1.0');
    await say(world, issue, '/promote 10');
    await deploy(world, 'production', 10);
    const undone = await says(world, issue, 'FLAGS_UNDONE');
    expect(undone).toContain('reports: the provider answered 403');
    expect(undone).toContain('`search`, `reports`');
    expect(server.calls.map(({ flag: name, percent }) => `${name} ${percent}`)).toEqual([
      'search 10',
      'reports 10',
      'search 0',
    ]);
    expect(new Set(server.calls.map(({ key }) => key)).size).toBe(3);
  });

  it('are flipped once when the Conductor is killed between the write and its record', async () => {
    const { world, server } = await worldWithFlags(fileSection('commit'));
    const issue = await stage(world, 'v1.1.0');
    await say(world, issue, '/promote 10');
    await deploy(world, 'production', 10);
    // Written, and not shown by the provider yet: the flip is under way when the process ends.
    await eventually(async () => ((await readFlags(world)).includes('fractional') ? true : null));
    await world.conductor.close();
    syncing(world, server);
    await world.start();
    await says(world, issue, 'Flags ramped with the canary');
    const { data: commits } = await world.alice.rest.repos.listCommits({ ...repository, path: 'flags.json' });
    expect(commits).toHaveLength(2);
  });
});

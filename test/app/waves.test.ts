import { describe, expect, it, onTestFinished } from 'vitest';
import { replayPolicies } from '../../adapters/policy/rego-engine.ts';
import { verifyBundle } from '../../adapters/sigstore/verify-bundle.ts';
import { readZip } from '../../adapters/zip/read-zip.ts';
import { memorySource } from '../../core/evidence/bytes.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import { deploy, load, movedByItself, reaches, say, stage, statusSays } from './story.ts';
import { ask, configure } from './talk.ts';
import { eventually, repository, startWorld, type World } from './world.ts';

/** Two production environments, the second with steps of its own where `steps` says so. */
async function worldOfTwo(steps = ''): Promise<World> {
  const world = await startWorld();
  const wave = `{ environment: production-us${steps === '' ? '' : `, steps: [${steps}]`} }`;
  await configure(world, `  production_environment: production-eu\n  waves: [${wave}]\n`);
  return world;
}

/** Traffic in one environment for the rest of the test; answers how it becomes bad. */
function serving(world: World, environment: string): () => void {
  let stop = load(world, 'v1.0.0', 'v1.1.0', 0, environment);
  onTestFinished(() => stop());
  return () => {
    stop();
    stop = load(world, 'v1.0.0', 'v1.1.0', 200, environment);
  };
}

const step = async (world: World, issue: number, environment: string, weight: number, next: string) => {
  await say(world, issue, `/promote ${weight}`);
  await deploy(world, environment, weight);
  return next === '' ? '' : statusSays(world, issue, `ready, waiting for \`/promote ${next}`);
};

/** Every deployment, oldest first: `promote production-eu 10 v1.1.0 step 1`. */
async function deployments({ alice }: World): Promise<readonly string[]> {
  const { data } = await alice.rest.repos.listDeployments({ ...repository, per_page: 100 });
  return data
    .toSorted((a, b) => a.id - b.id)
    .map(({ task, environment, payload }) => {
      const { weight, version, step: n } = payload as { weight: number; version: string; step: number };
      return `${task} ${environment} ${weight} ${version} step ${n}`;
    });
}

async function asset(world: World, name: string): Promise<Uint8Array> {
  const { data } = await world.alice.rest.repos.listReleases({ ...repository });
  const found = data
    .find(({ tag_name: tag }) => tag === 'v1.1.0')
    ?.assets.find((candidate) => candidate.name === name);
  const { data: bytes } = await world.alice.rest.repos.getReleaseAsset({
    ...repository,
    asset_id: found?.id ?? 0,
    headers: { accept: 'application/octet-stream' },
  });
  return new Uint8Array(bytes as unknown as ArrayBuffer);
}

/** What the judge said at each step, as it stands in the verified bundle. */
async function judgedIn(world: World): Promise<readonly string[]> {
  const keys = (await (
    await fetch(`${world.conductor.url}/.well-known/release-conductor/keys.json`)
  ).json()) as { keys: { pem: string }[] };
  const zip = await asset(world, 'evidence.zip');
  const report = await verifyEvidence(
    {
      zip: memorySource(zip),
      bundle: await asset(world, 'evidence.zip.sigstore.json'),
      trustedKeys: keys.keys.map(({ pem }) => trustedKeyFromPem(pem)),
      expected: { repository: 'acme/shop', tag: 'v1.1.0' },
    },
    { readArchive: readZip, verifyBundle, replayPolicies },
  );
  expect(report.problems).toEqual([]);
  const { files } = await readZip(memorySource(zip), (path) => /^canary\/.*json$/.test(path));
  return [...files.values()]
    .map((bytes) => JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, unknown>>)
    .map(({ step: n, environment, weight, verdict }) => `${n} ${environment} ${weight} ${verdict}`)
    .toSorted();
}

const page = async ({ conductor }: World, path: string): Promise<string> =>
  (await fetch(`${conductor.url}${path}`)).text();

describe('a release over two production environments', () => {
  it('goes stage → eu 10, 50, 100 → us 10, 50, 100 → GA, says where it is, and proves both', async () => {
    const world = await worldOfTwo();
    const issue = await stage(world, 'v1.1.0');
    serving(world, 'production-eu');
    serving(world, 'production-us');
    expect(await statusSays(world, issue, 'waiting for `/promote 10` (`production-eu`)')).toContain(
      '| stage | 10 % of production-eu | 50 % of production-eu | 100 % of production-eu | 10 % of production-us | 50 % of production-us | 100 % of production-us |',
    );
    await step(world, issue, 'production-eu', 10, '50');
    await step(world, issue, 'production-eu', 50, '100');
    const atHalf = await step(world, issue, 'production-eu', 100, '10` (`production-us`)');
    expect(atHalf).toContain('| production traffic | production-eu **100 %**, production-us **0 %** |');

    expect(await ask(world, issue, '/why', /waiting for/)).toContain('`/promote 10` (`production-us`)');
    for (const weight of [50, 100]) {
      expect(await ask(world, issue, `/promote ${weight}`, /Refused|STEP_/)).toMatch(
        new RegExp(`STEP_SKIPPED.*after 100 % of production-eu comes 10 % of production-us, not ${weight} %`),
      );
    }

    await say(world, issue, '/promote 10');
    await deploy(world, 'production-us', 10);
    const inUs = await statusSays(world, issue, 'ready, waiting for `/promote 50');
    expect(inUs).toContain('| production traffic | production-eu **100 %**, production-us **10 %** |');
    expect(await page(world, '/')).toContain('production-eu 100 %, production-us 10 %');
    const canary = await page(world, '/canary/acme/shop/v1.1.0');
    expect(canary).toContain('<h2>10 % of production-eu: ');
    expect(canary).toContain('<h2>10 % of production-us, now: ');

    await step(world, issue, 'production-us', 50, '100');
    await step(world, issue, 'production-us', 100, '');
    await reaches(world, 'v1.1.0', 'observing');
    expect(await deployments(world)).toEqual([
      'promote stage 100 v1.1.0 step 0',
      'promote production-eu 10 v1.1.0 step 1',
      'promote production-eu 50 v1.1.0 step 2',
      'promote production-eu 100 v1.1.0 step 3',
      'promote production-us 10 v1.1.0 step 4',
      'promote production-us 50 v1.1.0 step 5',
      'promote production-us 100 v1.1.0 step 6',
    ]);
    expect(await judgedIn(world)).toEqual([
      '0 stage 0 continue',
      '1 production-eu 10 ready',
      '2 production-eu 50 ready',
      '3 production-eu 100 ready',
      '4 production-us 10 ready',
      '5 production-us 50 ready',
      '6 production-us 100 ready',
    ]);
    expect(world.github.violations().filter(({ source }) => source !== 'emulate')).toEqual([]);
  });

  it('gives both back to the verified version when it breaks in the second, and confirms both', async () => {
    const world = await worldOfTwo('50, 100');
    const issue = await stage(world, 'v1.1.0');
    serving(world, 'production-eu');
    const breakUs = serving(world, 'production-us');
    await step(world, issue, 'production-eu', 10, '50');
    await step(world, issue, 'production-eu', 50, '100');
    await step(world, issue, 'production-eu', 100, '50` (`production-us`)');
    await step(world, issue, 'production-us', 50, '100');
    breakUs();
    await reaches(world, 'v1.1.0', 'rolling_back');
    await deploy(world, 'production-us', 100, 'rollback');
    await statusSays(world, issue, '`production-us` is back, `production-eu` follows');
    await reaches(world, 'v1.1.0', 'rolling_back');
    expect(await page(world, '/')).toContain('production-eu 100 %, production-us 0 %');
    await deploy(world, 'production-eu', 100, 'rollback');
    await reaches(world, 'v1.1.0', 'rolled_back');
    expect((await deployments(world)).slice(-2)).toEqual([
      'rollback production-us 100 v1.0.0 step 4',
      'rollback production-eu 100 v1.0.0 step 4',
    ]);
    const { data: incidents } = await world.alice.rest.issues.listForRepo({
      ...repository,
      labels: 'incident',
    });
    expect(incidents.map(({ title }) => title)).toEqual([
      'Release v1.1.0 rolled back at 50 % of production-us',
    ]);
    await eventually(async () =>
      (await asset(world, 'evidence.zip.sigstore.json')).length > 0 ? true : null,
    );
    expect((await judgedIn(world)).slice(-2)).toEqual([
      '3 production-eu 100 ready',
      '4 production-us 50 rollback',
    ]);
    expect(await statusSays(world, issue, 'fix the cause and tag a new version')).toContain(
      '| production traffic | production-eu 0 %, production-us 0 % |',
    );
  });

  it('sees on its next look that an earlier one went back by itself, and gives both back', async () => {
    const world = await worldOfTwo('50, 100');
    const issue = await stage(world, 'v1.1.0');
    serving(world, 'production-eu');
    serving(world, 'production-us');
    await step(world, issue, 'production-eu', 10, '50');
    await step(world, issue, 'production-eu', 50, '100');
    await step(world, issue, 'production-eu', 100, '50` (`production-us`)');
    await step(world, issue, 'production-us', 50, '100');
    await world.conductor.close();
    await movedByItself(world, 'production-eu', 'v1.0.0', 100);
    await world.start();
    expect((await reaches(world, 'v1.1.0', 'rolling_back')).held).toContain(
      '100 % to v1.0.0 in production-eu without being asked',
    );
    await deploy(world, 'production-us', 100, 'rollback');
    await eventually(async () => ((await deployments(world)).length === 8 ? true : null));
    expect((await deployments(world)).slice(-2)).toEqual([
      'rollback production-us 100 v1.0.0 step 4',
      'rollback production-eu 100 v1.0.0 step 4',
    ]);
  });
});

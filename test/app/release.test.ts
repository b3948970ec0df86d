import { describe, expect, it } from 'vitest';
import { verifyBundle } from '../../adapters/sigstore/verify-bundle.ts';
import { readZip } from '../../adapters/zip/read-zip.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import { eventually, repository, startWorld, submitAll, type World } from './world.ts';

async function mainSha({ alice }: World): Promise<string> {
  return (await alice.rest.git.getRef({ ...repository, ref: 'heads/main' })).data.object.sha;
}

async function release(world: World, tag: string): Promise<Record<string, unknown>> {
  return eventually(async () => {
    const answer = await fetch(`${world.conductor.url}/v1/releases/${tag}`);
    return answer.ok ? ((await answer.json()) as Record<string, unknown>) : null;
  });
}

async function phaseOf(world: World, tag: string, ...phases: string[]): Promise<Record<string, unknown>> {
  let last: Record<string, unknown> | undefined;
  return eventually(async () => {
    last = await release(world, tag);
    if (phases.includes(String(last['phase']))) return last;
    throw new Error(`phase is ${String(last['phase'])}, held: ${String(last['held'])}`);
  });
}

/** The pipeline: reports success for every deployment that has no status yet. */
async function deploy(world: World, wanted: { environment: string; weight: number }): Promise<void> {
  const found = await eventually(async () => {
    const { data } = await world.alice.rest.repos.listDeployments({ ...repository, per_page: 100 });
    return (
      data.find(
        ({ environment, payload }) =>
          environment === wanted.environment && (payload as { weight?: number }).weight === wanted.weight,
      ) ?? null
    );
  });
  await world.alice.rest.repos.createDeploymentStatus({
    ...repository,
    deployment_id: found.id,
    state: 'success',
  });
}

async function comment(world: World, issue: number, body: string): Promise<void> {
  await world.alice.rest.issues.createComment({ ...repository, issue_number: issue, body });
}

async function drive(world: World, tag: string, from: string): Promise<number> {
  const { alice } = world;
  const sha = await mainSha(world);
  await alice.rest.git.createRef({ ...repository, ref: `refs/tags/${tag}`, sha });
  await phaseOf(world, tag, 'gating');
  await submitAll(world, { sha, event: 'push', ref: `refs/tags/${tag}`, branch: tag });
  await deploy(world, { environment: 'stage', weight: 100 });
  await phaseOf(world, tag, 'promotable');
  world.traffic.serve(from, 1_000);
  return Number((await release(world, tag))['tracking_issue']);
}

describe('a release', () => {
  it('goes from its tag over 10, 50 and 100 % to a published release with verified evidence', async () => {
    const world = await startWorld();
    const issue = await drive(world, 'v1.1.0', 'v1.0.0');
    const load = setInterval(() => {
      world.traffic.serve('v1.0.0', 900);
      world.traffic.serve('v1.1.0', 900);
    }, 50);
    try {
      for (const [weight, next] of [
        [10, 50],
        [50, 100],
        [100, null],
      ] as const) {
        await comment(world, issue, `/promote ${weight}`);
        await deploy(world, { environment: 'production', weight });
        if (next === null) break;
        await eventually(async () => ((await release(world, 'v1.1.0'))['weight'] === weight ? true : null));
        await eventually(async () => {
          const { data } = await world.alice.rest.issues.get({ ...repository, issue_number: issue });
          return data.body?.includes(`waiting for \`/promote ${next}\``) ? true : null;
        });
      }
      await phaseOf(world, 'v1.1.0', 'closed');
    } finally {
      clearInterval(load);
    }

    const { data: published } = await world.alice.rest.repos.getReleaseByTag({
      ...repository,
      tag: 'v1.1.0',
    });
    expect(published.assets.map(({ name }) => name).sort()).toEqual([
      'evidence.zip',
      'evidence.zip.sigstore.json',
    ]);
    const [zip, bundle] = await Promise.all(
      ['evidence.zip', 'evidence.zip.sigstore.json'].map(async (name) => {
        const asset = published.assets.find((candidate) => candidate.name === name);
        const { data } = await world.alice.rest.repos.getReleaseAsset({
          ...repository,
          asset_id: asset?.id ?? 0,
          headers: { accept: 'application/octet-stream' },
        });
        return new Uint8Array(data as unknown as ArrayBuffer);
      }),
    );
    const keys = (await (
      await fetch(`${world.conductor.url}/.well-known/release-conductor/keys.json`)
    ).json()) as { keys: { pem: string }[] };
    const report = verifyEvidence(
      {
        zip: zip as Uint8Array,
        bundle: bundle as Uint8Array,
        trustedKeys: keys.keys.map(({ pem }) => trustedKeyFromPem(pem)),
        expected: { repository: 'acme/shop', tag: 'v1.1.0' },
      },
      { readArchive: readZip, verifyBundle },
    );
    expect(report.problems).toEqual([]);
    expect(world.github.violations().filter(({ source }) => source !== 'emulate')).toEqual([]);
  });

  it('rolls back by itself when the new version fails', async () => {
    const world = await startWorld();
    const issue = await drive(world, 'v1.1.0', 'v1.0.0');
    const load = setInterval(() => {
      world.traffic.serve('v1.0.0', 900);
      world.traffic.serve('v1.1.0', 80, 20);
    }, 50);
    try {
      await comment(world, issue, '/promote 10');
      await deploy(world, { environment: 'production', weight: 10 });
      await phaseOf(world, 'v1.1.0', 'rolling_back');
      const rollback = await eventually(async () => {
        const { data } = await world.alice.rest.repos.listDeployments({ ...repository, task: 'rollback' });
        return data[0] ?? null;
      });
      expect(rollback.payload).toMatchObject({ version: 'v1.0.0', weight: 100 });
      await world.alice.rest.repos.createDeploymentStatus({
        ...repository,
        deployment_id: rollback.id,
        state: 'success',
      });
      await phaseOf(world, 'v1.1.0', 'rolled_back');
    } finally {
      clearInterval(load);
    }
    const { data: incidents } = await world.alice.rest.issues.listForRepo({
      ...repository,
      labels: 'incident',
    });
    expect(incidents).toHaveLength(1);
  });
});

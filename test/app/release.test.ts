import { describe, expect, it, onTestFinished } from 'vitest';
import { replayPolicies } from '../../adapters/policy/rego-engine.ts';
import { verifyBundle } from '../../adapters/sigstore/verify-bundle.ts';
import { readZip } from '../../adapters/zip/read-zip.ts';
import { memorySource } from '../../core/evidence/bytes.ts';
import { trustedKeyFromPem } from '../../core/evidence/keys.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import { deploy, expectEachSideEffectOnce, load, promoteToTheEnd, reaches, say, stage } from './story.ts';
import { repository, startWorld } from './world.ts';

describe('a release', () => {
  it('goes from its tag over 10, 50 and 100 % to a published release with verified evidence', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    const stop = load(world, 'v1.0.0', 'v1.1.0', 0);
    onTestFinished(stop);
    await promoteToTheEnd(world, 'v1.1.0', issue);
    await expectEachSideEffectOnce(world, 'v1.1.0');

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
    const report = await verifyEvidence(
      {
        zip: memorySource(zip as Uint8Array),
        bundle: bundle as Uint8Array,
        trustedKeys: keys.keys.map(({ pem }) => trustedKeyFromPem(pem)),
        expected: { repository: 'acme/shop', tag: 'v1.1.0' },
      },
      { readArchive: readZip, verifyBundle, replayPolicies },
    );
    expect(report.problems).toEqual([]);
    const paths = report.manifest?.entries.map(({ path }) => path) ?? [];
    expect(paths.filter((path) => path.startsWith('decisions/questions/')).length).toBeGreaterThanOrEqual(3);
    expect(paths).toContain(`decisions/policies/${report.manifest?.policy_sha256[0]}.json`);
    expect(world.github.violations().filter(({ source }) => source !== 'emulate')).toEqual([]);
  });

  it('rolls back by itself when the new version fails', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    const stop = load(world, 'v1.0.0', 'v1.1.0', 200);
    onTestFinished(stop);
    await say(world, issue, '/promote 10');
    await deploy(world, 'production', 10);
    await deploy(world, 'production', 100, 'rollback');
    await reaches(world, 'v1.1.0', 'rolled_back');
    const { data: rollbacks } = await world.alice.rest.repos.listDeployments({
      ...repository,
      task: 'rollback',
    });
    expect(rollbacks.map(({ payload }) => payload)).toMatchObject([{ version: 'v1.0.0', weight: 100 }]);
    const { data: incidents } = await world.alice.rest.issues.listForRepo({
      ...repository,
      labels: 'incident',
    });
    expect(incidents).toHaveLength(1);
  });
});

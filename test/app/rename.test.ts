import { expect, it } from 'vitest';
import { openBundleVerifier } from '../../adapters/sigstore/verify-bundle.ts';
import { readZip } from '../../adapters/zip/read-zip.ts';
import type { AuditEntry } from '../../core/audit/entry.ts';
import { LogVerifier, renderAuditLine } from '../../core/audit/lines.ts';
import { memorySource } from '../../core/evidence/bytes.ts';
import { parseTrustedKeys } from '../../core/evidence/key-set.ts';
import { verifyEvidence } from '../../core/evidence/verify.ts';
import { load, readRelease, say, stage, statusSays } from './story.ts';
import { configText, eventually, repository, startWorld, submit, type World, workflowPath } from './world.ts';

const renamed = { owner: 'acme', repo: 'store' };

/** A release that has half of the traffic. */
async function halfWay(world: World): Promise<number> {
  const issue = await stage(world, 'v1.1.0');
  for (const weight of [10, 50]) {
    await say(world, issue, `/promote ${weight}`);
    await deployed(world, repository, weight);
    await statusSays(world, issue, `waiting for \`/promote ${weight === 10 ? 50 : 100}\``);
  }
  return issue;
}

async function deployed(world: World, where: typeof repository, weight: number): Promise<void> {
  const found = await eventually(async () => {
    const { data } = await world.alice.rest.repos.listDeployments({ ...where, per_page: 100 });
    const wanted = data.filter(
      ({ environment, payload }) =>
        environment === 'production' && (payload as { weight?: number }).weight === weight,
    );
    if (wanted[0] === undefined) throw new Error(`no deployment to ${weight} %`);
    expect(wanted).toHaveLength(1);
    return wanted[0];
  });
  await world.alice.rest.repos.createDeploymentStatus({
    ...where,
    deployment_id: found.id,
    state: 'success',
  });
}

async function promoteToTheEnd(world: World, issue: number): Promise<void> {
  await world.alice.rest.issues.createComment({ ...renamed, issue_number: issue, body: '/promote 100' });
  await deployed(world, renamed, 100);
  await eventually(async () => {
    const { phase, held } = await readRelease(world, 'v1.1.0');
    if (phase !== 'observing') throw new Error(`phase is ${phase}, held: ${held}`);
    return true;
  });
}

async function auditOf(world: World, name: string): Promise<readonly AuditEntry[]> {
  const answer = await fetch(`${world.conductor.url}/v1/audit?repository=${name}&limit=1000`);
  return ((await answer.json()) as { entries: AuditEntry[] }).entries;
}

async function asset(world: World, name: string): Promise<Uint8Array> {
  const { data: releases } = await world.alice.rest.repos.listReleases(renamed);
  const release = releases.filter(({ tag_name: tag }) => tag === 'v1.1.0');
  expect(release.map(({ draft }) => draft)).toEqual([false]);
  const id = release[0]?.assets.find((one) => one.name === name)?.id ?? 0;
  const { data } = await world.alice.rest.repos.getReleaseAsset({
    ...renamed,
    asset_id: id,
    headers: { accept: 'application/octet-stream' },
  });
  return new Uint8Array(data as unknown as ArrayBuffer);
}

/** What anybody can check a year later, without the Conductor. */
async function verifiedFor(world: World, name: string) {
  const keys = await (await fetch(`${world.conductor.url}/.well-known/release-conductor/keys.json`)).text();
  return verifyEvidence(
    {
      zip: memorySource(await asset(world, 'evidence.zip')),
      bundle: await asset(world, 'evidence.zip.sigstore.json'),
      trustedKeys: parseTrustedKeys(keys),
      expected: { repository: name, tag: 'v1.1.0' },
    },
    { verifyBundle: openBundleVerifier({ roots: [], identities: [] }), readArchive: readZip },
  );
}

async function releasesOf(world: World, name: string) {
  const answer = await fetch(`${world.conductor.url}/v1/releases?repository=${name}`);
  return (
    (await answer.json()) as { releases: { tag: string; phase: string; weight: number; gates: object }[] }
  ).releases;
}

/** Somebody makes another repository under the old name, with a release of the same tag. */
async function takeOldName({ github, alice }: World): Promise<void> {
  const files = new Map([
    [workflowPath, 'on: [pull_request]\njobs: {}\n'],
    ['.github/release-conductor.yml', configText('http://127.0.0.1:1/')],
  ]);
  await github.addRepository('shop', files);
  const { data } = await alice.rest.git.getRef({ ...repository, ref: 'heads/main' });
  await alice.rest.git.createRef({ ...repository, ref: 'refs/tags/v1.1.0', sha: data.object.sha });
}

/** A commit on a branch, on top of what is there. */
async function commitTo({ alice }: World, branch: string): Promise<string> {
  const { data: tip } = await alice.rest.git.getRef({ ...repository, ref: `heads/${branch}` });
  const { data: parent } = await alice.rest.git.getCommit({ ...repository, commit_sha: tip.object.sha });
  const made = { message: 'fix: more', tree: parent.tree.sha, parents: [parent.sha] };
  const { data } = await alice.rest.git.createCommit({ ...repository, ...made });
  await alice.rest.git.updateRef({ ...repository, ref: `heads/${branch}`, sha: data.sha });
  return data.sha;
}

it('a release goes on under the new name, and a new repository under the old one inherits nothing', async () => {
  const world = await startWorld();
  const stop = load(world, 'v1.0.0', 'v1.1.0', 0);
  try {
    const issue = await halfWay(world);
    const before = await auditOf(world, 'acme/shop');
    await world.alice.rest.repos.update({ ...repository, name: 'store' });
    await eventually(async () => {
      expect(await readRelease(world, 'v1.1.0')).toMatchObject({
        repository: 'acme/store',
        tracking_issue: issue,
      });
      return true;
    });
    await promoteToTheEnd(world, issue);

    const entries = await auditOf(world, 'acme/store');
    expect(entries.slice(0, before.length)).toEqual(before);
    expect(entries.filter(({ action }) => action === 'repository.renamed')).toEqual([
      expect.objectContaining({
        repository: 'acme/store',
        data: { from: 'acme/shop', to: 'acme/store', repository_id: expect.any(Number) },
      }),
    ]);
    const log = new LogVerifier();
    for (const entry of entries) log.add(renderAuditLine(entry));
    expect(log.finish()).toEqual([]);
    expect((await verifiedFor(world, 'acme/store')).problems).toEqual([]);
    expect((await verifiedFor(world, 'acme/shop')).problems).toMatchObject([{ code: 'OTHER_RELEASE' }]);

    await takeOldName(world);
    const ofOld = await eventually(async () => (await releasesOf(world, 'acme/shop'))[0] ?? null);
    expect(ofOld).toMatchObject({ tag: 'v1.1.0', weight: 0, gates: {} });
    expect((await releasesOf(world, 'acme/store'))[0]).toMatchObject({ weight: 100, phase: 'observing' });
    const [first] = await auditOf(world, 'acme/shop');
    expect(first).toMatchObject({ seq: 1, repository: 'acme/shop' });
    const grown = (await auditOf(world, 'acme/store')).slice(entries.length);
    expect(grown.every((entry) => entry.repository === 'acme/store')).toBe(true);
  } finally {
    stop();
  }
});

it('a job of a new repository does not speak for the one that had its name, though no webhook told of either', async () => {
  const world = await startWorld();
  const sha = (await world.alice.rest.git.getRef({ ...repository, ref: 'heads/main' })).data.object.sha;
  await submit(world, { gate: 'slo', sha, event: 'push', ref: 'refs/heads/main', branch: 'main' });
  await world.github.settled();
  world.github.setWebhookUrl('http://127.0.0.1:1/');
  await world.alice.rest.repos.update({ ...repository, name: 'store' });
  await takeOldName(world);
  const head = (await world.alice.rest.git.getRef({ ...repository, ref: 'heads/main' })).data.object.sha;
  const answer = await submit(world, {
    gate: 'perf',
    sha: head,
    event: 'push',
    ref: 'refs/heads/main',
    branch: 'main',
  });
  expect(answer.status, await answer.text()).toBe(202);
  const kept = await world.query<{ repository: string; gate: string }>(
    'select repository, gate from gate_results order by gate',
  );
  expect(kept).toEqual([
    { repository: 'acme/shop', gate: 'perf' },
    { repository: 'acme/store', gate: 'slo' },
  ]);
});

it('a rename that no webhook told is found by the next delivery', async () => {
  const world = await startWorld();
  const stop = load(world, 'v1.0.0', 'v1.1.0', 0);
  try {
    const issue = await halfWay(world);
    await world.github.settled();
    world.github.setWebhookUrl('http://127.0.0.1:1/');
    await world.alice.rest.repos.update({ ...repository, name: 'store' });
    await world.github.settled();
    world.github.setWebhookUrl(`${world.conductor.url}/api/github/webhooks`);
    await promoteToTheEnd(world, issue);
    expect(await releasesOf(world, 'acme/store')).toHaveLength(1);
    expect(await releasesOf(world, 'acme/shop')).toEqual([]);
  } finally {
    stop();
  }
});

it('the config is read from the default branch of today when that gets another name', async () => {
  const world = await startWorld();
  const stop = load(world, 'v1.0.0', 'v1.1.0', 0);
  try {
    const issue = await stage(world, 'v1.1.0');
    const { data: main } = await world.alice.rest.git.getRef({ ...repository, ref: 'heads/main' });
    const { sha } = main.object;
    await world.alice.rest.git.createRef({ ...repository, ref: 'refs/heads/trunk', sha });
    await world.alice.rest.repos.update({ ...repository, default_branch: 'trunk' });
    await world.alice.rest.git.deleteRef({ ...repository, ref: 'heads/main' });
    await eventually(async () => {
      const touched = (await auditOf(world, 'acme/shop')).some(({ reason }) =>
        /main became trunk/.test(reason),
      );
      return touched ? true : null;
    });
    await say(world, issue, '/promote 10');
    await deployed(world, repository, 10);
    await statusSays(world, issue, 'waiting for `/promote 50`');
    const next = await commitTo(world, 'trunk');
    await world.alice.rest.git.createRef({ ...repository, ref: 'refs/tags/v1.2.0', sha: next });
    await eventually(async () => {
      const release = (await releasesOf(world, 'acme/shop')).find(({ tag }) => tag === 'v1.2.0');
      // Its plan, which asks whether the commit is on the default branch, is loaded: it waits for the one before.
      if (release?.phase === 'queued') return true;
      throw new Error(`v1.2.0 is ${release?.phase}`);
    });
  } finally {
    stop();
  }
});

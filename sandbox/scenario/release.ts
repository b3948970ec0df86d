import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCli } from '../cli-process.ts';
import type { Json } from '../client.ts';
import type { Scenario, Stage } from './scenario.ts';
import { observeComment, observeStatus, observeTrackingIssue } from './tracking.ts';
import { observeShare, observeStageRuns } from './traffic.ts';

/** A tag becomes a release: stage, canary 10 → 50 → 100 under load, evidence, GA, verified offline. */
export const release: Scenario = {
  name: 'release',
  title: 'A release, from tag to GA',
  after: ['unsafe-migration'],
  async play(stage) {
    const { lead, timeline, world } = stage;
    const tag = world.nextVersion();
    await lead.tag(tag, await lead.headOf('main'));
    timeline.act(`the release lead tags ${tag}`);
    const issue = await observeTrackingIssue(stage, tag);
    await observeComment(stage, issue, 'the release-start template', 'stage canary starting');
    await observeStageRuns(stage, tag);
    for (const weight of [10, 50, 100]) await promote(stage, issue, tag, weight);
    await observeComment(stage, issue, 'the GA template', 'promoted to 100%', 180_000);
    await observePublished(stage, tag);
    await verifyOffline(stage, tag);
    world.released(tag);
  },
};

/** Comments `/promote <weight>` when the status says that it is awaited, and watches the traffic follow. */
export async function promote(stage: Stage, issue: number, tag: string, weight: number): Promise<void> {
  await observeStatus(stage, issue, `ready for ${weight} %`, new RegExp(`/promote ${weight}\\b`), 180_000);
  await stage.lead.comment(issue, `/promote ${weight}`);
  stage.timeline.act(`the release lead writes /promote ${weight}`);
  await observeShare(stage, tag, weight);
}

async function observePublished({ timeline, lead }: Stage, tag: string): Promise<void> {
  await timeline.observe('the GitHub Release is published with its signed evidence', async () => {
    const answer = await lead.call('GET', `/releases/tags/${tag}`);
    if (answer.status !== 200 || answer.body.draft) return null;
    const names = (answer.body.assets as Json[]).map((asset) => asset.name as string);
    return names.includes('evidence.zip') && names.includes('evidence.zip.sigstore.json')
      ? names.join(', ')
      : null;
  });
}

async function verifyOffline({ timeline, lead, world }: Stage, tag: string): Promise<void> {
  const directory = join(world.directory, 'evidence', tag);
  await mkdir(directory, { recursive: true });
  const published = await lead.expect('GET', `/releases/tags/${tag}`);
  for (const asset of published.assets as Json[]) {
    await writeFile(
      join(directory, asset.name as string),
      await lead.download(`/releases/assets/${asset.id}`),
    );
  }
  const key = join(directory, 'keys.json');
  await timeline.observe('the public key, where everybody finds it', async () => {
    const response = await fetch(`${world.conductor.url}/.well-known/release-conductor/keys.json`);
    if (response.ok) await writeFile(key, await response.text());
    return response.ok ? key : null;
  });
  await timeline.observe('release-conductor verify accepts the published asset, offline', async () => {
    const zip = join(directory, 'evidence.zip');
    const run = await runCli(['verify', zip, '--key', key, '--repo', world.repository, '--tag', tag]);
    if (run.status !== 0)
      throw new Error(`exit ${run.status}: ${run.stdout.slice(-300)}${run.stderr.slice(-300)}`);
    return zip;
  });
}

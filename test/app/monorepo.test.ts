import { describe, expect, it } from 'vitest';
import { deploy, mainSha, reaches, readRelease } from './story.ts';
import {
  commitFiles,
  configText,
  eventually,
  repository,
  startWorld,
  submitAll,
  type World,
} from './world.ts';

const configPath = '.github/release-conductor.yml';

/** Two services with a published version each, and then a commit for either of them. */
async function startMonorepo(): Promise<World> {
  const world = await startWorld();
  const { alice } = world;
  const { data } = await alice.rest.repos.getContent({ ...repository, path: configPath });
  const single = Buffer.from((data as { content: string }).content, 'base64').toString();
  const url = /url: "([^"]+)"/.exec(single)?.[1] ?? '';
  const services = `services:
  api: { tags: "api-v*", paths: ["services/api/**"], stage_environment: api-stage }
  web: { tags: "web-v*", paths: ["services/web/**", "shared/*.css"], stage_environment: web-stage }
`;
  const sha = await mainSha(world);
  for (const tag of ['api-v1.0.0', 'web-v3.0.0']) {
    await alice.rest.git.createRef({ ...repository, ref: `refs/tags/${tag}`, sha });
    await alice.rest.repos.createRelease({ ...repository, tag_name: tag, name: tag });
  }
  await commitFiles(alice, 'main', { [configPath]: configText(url) + services }, 'ci: two services');
  await commitFiles(alice, 'main', { 'services/api/index.js': '1\n' }, 'feat: quote prices');
  await commitFiles(alice, 'main', { 'services/web/index.html': '1\n' }, 'fix: align the cart');
  await commitFiles(alice, 'main', { 'shared/deep/a.txt': '1\n' }, 'docs: say why');
  await commitFiles(alice, 'main', { 'shared/site.css': '1\n' }, 'feat: dark colours');
  return world;
}

async function tagMain(world: World, tag: string): Promise<void> {
  const sha = await mainSha(world);
  await world.alice.rest.git.createRef({ ...repository, ref: `refs/tags/${tag}`, sha });
}

async function notesOf(world: World, tag: string): Promise<string> {
  return eventually(async () => {
    const { data } = await world.alice.rest.repos.listReleases({ ...repository });
    return data.find(({ tag_name: name, draft }) => name === tag && draft)?.body ?? null;
  });
}

describe('a repository with several services', () => {
  it('releases each of them on its own way, with its own changes and its own version to go back to', async () => {
    const world = await startMonorepo();
    await tagMain(world, 'api-v1.1.0');
    await tagMain(world, 'web-v3.1.0');
    await reaches(world, 'api-v1.1.0', 'gating');
    await reaches(world, 'web-v3.1.0', 'gating');

    const [api, web] = [await notesOf(world, 'api-v1.1.0'), await notesOf(world, 'web-v3.1.0')];
    expect(api).toMatch(/after `api-v1.0.0`, 1 change/i);
    expect(api).toContain('quote prices');
    expect(web).toMatch(/after `web-v3.0.0`, 2 changes/i);
    expect(web).toContain('align the cart');
    expect(web).toContain('dark colours');

    await tagMain(world, 'api-v1.2.0');
    await reaches(world, 'api-v1.2.0', 'queued');
    const sha = await mainSha(world);
    await submitAll(world, { sha, event: 'push', ref: 'refs/tags/api-v1.1.0', branch: 'api-v1.1.0' });
    await deploy(world, 'api-stage', 100);
    await deploy(world, 'web-stage', 100);
    await reaches(world, 'api-v1.1.0', 'stage_verified');
    await reaches(world, 'web-v3.1.0', 'stage_verified');
    expect(await readRelease(world, 'api-v1.1.0')).toMatchObject({
      service: 'api',
      environment: 'production',
    });

    const { data: issues } = await world.alice.rest.issues.listForRepo({ ...repository, labels: 'release' });
    expect(issues.map(({ title }) => title).toSorted()).toEqual([
      'Release api-v1.1.0',
      'Release api-v1.2.0',
      'Release web-v3.1.0',
    ]);
    const { data: deployments } = await world.alice.rest.repos.listDeployments({ ...repository });
    expect(deployments.map(({ payload }) => (payload as { service?: string }).service).toSorted()).toEqual([
      'api',
      'web',
    ]);
  });

  it('takes a tag of no service for no release', async () => {
    const world = await startMonorepo();
    await tagMain(world, 'v9.0.0');
    await tagMain(world, 'api-v1.1.0');
    await reaches(world, 'api-v1.1.0', 'gating');
    await expect(readRelease(world, 'v9.0.0')).rejects.toThrow('no release');
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mainSha, reaches, readRelease } from './story.ts';
import { commitFiles, configText, eventually, repository, startWorld, type World } from './world.ts';

interface Received {
  readonly path: string | undefined;
  readonly key: unknown;
  readonly body: { readonly event?: string; readonly text: string };
}

/** Two targets on loopback; the first call of each is answered with 503. */
async function startTargets(): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const again = received.some(({ path }) => path === request.url);
    const key = request.headers['idempotency-key'];
    received.push({ path: request.url, key, body: JSON.parse(Buffer.concat(chunks).toString()) });
    response.writeHead(again ? 200 : 503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

async function tagWith(world: World, files: Readonly<Record<string, string>>, section = ''): Promise<number> {
  const path = '.github/release-conductor.yml';
  const { data } = await world.alice.rest.repos.getContent({ ...repository, path });
  const text = Buffer.from((data as { content: string }).content, 'base64').toString();
  const metrics = /url: "(http[^"]+)"/.exec(text)?.[1] ?? '';
  await commitFiles(
    world.alice,
    'main',
    { [path]: `${configText(metrics)}${section}`, ...files },
    'feat!: words',
  );
  const sha = await mainSha(world);
  await world.alice.rest.git.createRef({ ...repository, ref: 'refs/tags/v1.1.0', sha });
  await reaches(world, 'v1.1.0', 'gating');
  return eventually(async () => (await readRelease(world, 'v1.1.0')).tracking_issue);
}

const says = (world: World, issue: number, part: string) =>
  eventually(async () => {
    const { data } = await world.alice.rest.issues.listComments({ ...repository, issue_number: issue });
    return data.find(({ body }) => body?.includes(part))?.body ?? null;
  });

describe('announcements', () => {
  it("are in the repository's own words, in the issue and at targets outside, which are tried again", async () => {
    const { url, received } = await startTargets();
    const world = await startWorld({
      ALLOWED_HOSTS: '127.0.0.1',
      NOTIFY_RELEASES_URL: `${url}/slack`,
      NOTIFY_PAGER_URL: `${url}/hook`,
    });
    const issue = await tagWith(
      world,
      {
        '.github/release-conductor/comms/release-start.md':
          '**{{REPO}}**: {{TARGET_VERSION}} follows {{PREVIOUS_VERSION}}.\n',
      },
      '  notify: [{ kind: slack, name: releases }, { kind: webhook, name: pager }]\n',
    );
    expect(await says(world, issue, 'follows')).toContain('**acme/shop**: v1.1.0 follows v1.0.0.');
    await eventually(async () => (received.length >= 4 ? true : null));
    const of = (path: string): readonly Received[] => received.filter((call) => call.path === path);
    expect(of('/slack').map(({ body }) => body.text)).toEqual(
      Array(2).fill('*acme/shop*: v1.1.0 follows v1.0.0.'),
    );
    expect(of('/hook').map(({ body }) => body.event)).toEqual(['start', 'start']);
    expect(new Set(of('/hook').map(({ key }) => key)).size).toBe(1);
  });

  it('fall back to the default words when a template is broken, and say so', async () => {
    const world = await startWorld();
    const issue = await tagWith(world, {
      '.github/release-conductor/comms/release-start.md': 'Hi {{nobody}}',
    });
    expect(await says(world, issue, 'Cutting')).toContain('Cutting `v1.1.0` — stage canary starting.');
    expect(await says(world, issue, 'TEMPLATE_BROKEN')).toContain('comms/release-start.md:1:6');
  });

  it('tell before anything is deployed that the version says less than the changes', async () => {
    const world = await startWorld();
    const issue = await tagWith(world, {});
    expect(await says(world, issue, 'VERSION_TOO_LOW')).toContain('v2.0.0 or higher');
  });
});

it('the release notes of a pull request are previewed in its comment, labels included', async () => {
  const world = await startWorld();
  await commitFiles(world.alice, 'feature', { 'a.txt': 'a' });
  const { data: pull } = await world.alice.rest.pulls.create({
    ...repository,
    head: 'feature',
    base: 'main',
    title: 'fix(cart): round prices',
  });
  expect(await says(world, pull.number, '### Release notes')).toMatch(
    /Under \*\*Fixes\*\*: \*\*cart:\*\* round prices\n\nIt asks for a \*\*patch\*\* version/,
  );
  await world.alice.rest.issues.addLabels({
    ...repository,
    issue_number: pull.number,
    labels: ['breaking-change'],
  });
  await says(world, pull.number, 'asks for a **major** version');
});

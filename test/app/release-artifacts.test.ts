import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { githubIssuer, SigstoreInstance } from '../support/sigstore/instance.ts';
import { deploy, mainSha, reaches, readRelease, say } from './story.ts';
import { commitFiles, eventually, repository, startWorld, submitAll, type World } from './world.ts';

const tag = 'v1.1.0';
const workflow = `https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/${tag}`;
const mallory = 'https://github.com/mallory/shop/.github/workflows/release.yml@refs/heads/main';
const sigstore = new SigstoreInstance();

const good = '{"schemaVersion":2,"layers":["good"]}';
const evil = '{"schemaVersion":2,"layers":["evil"]}';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A registry whose only image can be pushed again, or be gone. */
async function startRegistry(): Promise<{ host: string; image: string | null }> {
  const registry = { host: '', image: good as string | null };
  const server = createServer((_request, response) => {
    response.writeHead(registry.image === null ? 503 : 200).end(registry.image ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  registry.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return registry;
}

async function configure(world: World, host: string): Promise<void> {
  const path = '.github/release-conductor.yml';
  const { data } = await world.alice.rest.repos.getContent({ ...repository, path });
  const before = Buffer.from((data as { content: string }).content, 'base64').toString();
  const config = before
    .replace(
      'gates: {}',
      `gates:
  supply-chain:
    provenance:
      trusted_root: trusted_root.json
      identities:
        - issuer: ${githubIssuer}
          identity: https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v*`,
    )
    .replace(
      '  tags: "v*"',
      `  tags: "v*"
  artifacts:
    - { name: shop, image: "${host}/acme/shop:{tag}", attestations: ["*.jsonl"] }`,
    );
  const files = { [path]: config, 'trusted_root.json': sigstore.trustedRoot() };
  await commitFiles(world.alice, 'main', files);
}

function attestation(image: string, sha: string, identity: string): string {
  const repositoryUrl = identity.split('/.github/')[0] ?? '';
  const ref = identity.split('@')[1] ?? '';
  const builder = { id: identity };
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'shop', digest: { sha256: sha256(image) } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://actions.github.io/buildtypes/workflow/v1',
        externalParameters: {
          workflow: { ref, repository: repositoryUrl, path: '.github/workflows/release.yml' },
        },
        resolvedDependencies: [{ uri: `git+${repositoryUrl}@${ref}`, digest: { gitCommit: sha } }],
      },
      runDetails: { builder },
    },
  };
  const claims = { repository: repositoryUrl, ref, commit: sha, workflow: identity };
  return `${JSON.stringify(sigstore.attest(statement, { identity, claims }))}\n`;
}

async function upload(world: World, name: string, content: string): Promise<void> {
  const draft = await eventually(async () => {
    const { data } = await world.alice.rest.repos.listReleases({ ...repository });
    return data.find(({ tag_name: made }) => made === tag) ?? null;
  });
  await world.alice.request(`POST ${draft.upload_url.replace(/\{.*\}$/, '')}{?name}`, {
    name,
    data: content,
    headers: { 'content-type': 'application/octet-stream' },
  });
}

async function replyTo(world: World, issue: number, command: string, code: RegExp): Promise<string> {
  await say(world, issue, command);
  return eventually(async () => {
    const { data } = await world.alice.rest.issues.listComments({ ...repository, issue_number: issue });
    return data.map(({ body }) => body ?? '').find((body) => code.test(body)) ?? null;
  });
}

describe('the artifacts of a release', () => {
  it('are verified again before every deployment, as they are at that moment', async () => {
    const registry = await startRegistry();
    const world = await startWorld({ ALLOWED_HOSTS: '127.0.0.1' });
    await configure(world, registry.host);
    const sha = await mainSha(world);
    await world.alice.rest.git.createRef({ ...repository, ref: `refs/tags/${tag}`, sha });
    await reaches(world, tag, 'gating');
    await upload(world, 'shop.jsonl', attestation(good, sha, workflow));
    await upload(world, 'evil.jsonl', attestation(evil, sha, mallory));
    await submitAll(world, { sha, event: 'push', ref: `refs/tags/${tag}`, branch: tag });
    await deploy(world, 'stage', 100);
    await reaches(world, tag, 'stage_verified');
    const issue = await eventually(async () => (await readRelease(world, tag)).tracking_issue);

    registry.image = evil;
    expect(await replyTo(world, issue, '/promote 10', /IDENTITY_UNEXPECTED/)).toContain(
      'github.com/mallory/shop/',
    );
    registry.image = 'pushed by nobody';
    await replyTo(world, issue, '/promote 10', /SUBJECT_MISMATCH/);
    registry.image = null;
    await replyTo(world, issue, '/promote 10', /REGISTRY_UNAVAILABLE/);
    expect((await readRelease(world, tag)).weight).toBe(0);

    // Built again by the right workflow: trusted, but not what the stage was given.
    const rebuilt = '{"schemaVersion":2,"layers":["rebuilt"]}';
    await upload(world, 'rebuilt.jsonl', attestation(rebuilt, sha, workflow));
    registry.image = rebuilt;
    await replyTo(world, issue, '/promote 10', /ARTIFACT_CHANGED/);
    expect((await readRelease(world, tag)).weight).toBe(0);

    registry.image = good;
    await say(world, issue, '/promote 10');
    await deploy(world, 'production', 10);
    const { data: deployments } = await world.alice.rest.repos.listDeployments({ ...repository });
    expect(deployments.map(({ payload }) => (payload as { artifacts?: unknown }).artifacts)).toEqual([
      [{ name: 'shop', digest: `sha256:${sha256(good)}` }],
      [{ name: 'shop', digest: `sha256:${sha256(good)}` }],
    ]);
  });

  it('do not reach the stage when somebody else signed them', async () => {
    const registry = await startRegistry();
    registry.image = evil;
    const world = await startWorld({ ALLOWED_HOSTS: '127.0.0.1' });
    await configure(world, registry.host);
    const sha = await mainSha(world);
    await world.alice.rest.git.createRef({ ...repository, ref: `refs/tags/${tag}`, sha });
    await reaches(world, tag, 'gating');
    await upload(world, 'evil.jsonl', attestation(evil, sha, mallory));
    await submitAll(world, { sha, event: 'push', ref: `refs/tags/${tag}`, branch: tag });
    const issue = await eventually(async () => (await readRelease(world, tag)).tracking_issue);
    const status = await eventually(async () => {
      const { data } = await world.alice.rest.issues.get({ ...repository, issue_number: issue });
      return data.body?.includes('mallory') ? data.body : null;
    });
    expect(status).toContain('It is validly signed, but by');
    expect((await readRelease(world, tag)).phase).toBe('gating');
    const { data: deployments } = await world.alice.rest.repos.listDeployments({ ...repository });
    expect(deployments).toEqual([]);
  });
});

import { expect } from 'vitest';
import { eventually, repository, submitAll, type World } from './world.ts';

/** The moves of the people and pipelines around a release, and what can be seen of it from outside. */

export async function mainSha({ alice }: World): Promise<string> {
  return (await alice.rest.git.getRef({ ...repository, ref: 'heads/main' })).data.object.sha;
}

export interface ReleaseView {
  readonly phase: string;
  readonly weight: number;
  readonly held: string | null;
  readonly tracking_issue: number | null;
}

export async function readRelease(world: World, tag: string): Promise<ReleaseView> {
  const answer = await fetch(`${world.conductor.url}/v1/releases/${tag}`);
  if (!answer.ok) throw new Error(`no release ${tag} yet`);
  return (await answer.json()) as ReleaseView;
}

export function reaches(world: World, tag: string, ...phases: string[]): Promise<ReleaseView> {
  return eventually(async () => {
    const release = await readRelease(world, tag);
    if (phases.includes(release.phase)) return release;
    throw new Error(`phase is ${release.phase}, held: ${release.held}`);
  });
}

/** The pipeline does what a deployment asks for and reports success. */
export async function deploy(
  world: World,
  environment: string,
  weight: number,
  task = 'promote',
): Promise<void> {
  const found = await eventually(async () => {
    const { data } = await world.alice.rest.repos.listDeployments({ ...repository, task, per_page: 100 });
    const wanted = data.find(
      (deployment) =>
        deployment.environment === environment &&
        (deployment.payload as { weight?: number }).weight === weight,
    );
    if (wanted !== undefined) return wanted;
    throw new Error(`no deployment of ${environment} to ${weight} % yet; ${await lastSaid(world)}`);
  });
  await world.alice.rest.repos.createDeploymentStatus({
    ...repository,
    deployment_id: found.id,
    state: 'success',
  });
}

/** The newest comments on the newest issue, for whoever wonders why nothing happens. */
async function lastSaid({ alice }: World): Promise<string> {
  const { data: issues } = await alice.rest.issues.listForRepo({ ...repository, state: 'all' });
  const { data } = await alice.rest.issues.listComments({
    ...repository,
    issue_number: issues[0]?.number ?? 0,
    per_page: 100,
  });
  return `last said:\n${data
    .slice(-3)
    .map(({ body }) => body)
    .join('\n')}`;
}

/** The pipeline gives a version this weight without being asked: a dead-man switch, a person. */
export async function movedByItself(
  world: World,
  environment: string,
  version: string,
  weight: number,
): Promise<void> {
  const { data: made } = await world.alice.rest.repos.createDeployment({
    ...repository,
    ref: await mainSha(world),
    environment,
    task: 'rollback',
    auto_merge: false,
    required_contexts: [],
    payload: { schema_version: 1, version, weight },
  });
  await world.alice.rest.repos.createDeploymentStatus({
    ...repository,
    deployment_id: (made as { id: number }).id,
    state: 'success',
  });
}

/** Waits until the status table of the tracking issue says this; the table. */
export function statusSays(world: World, issue: number, text: string): Promise<string> {
  return eventually(async () => {
    const { data } = await world.alice.rest.issues.get({ ...repository, issue_number: issue });
    if (data.body?.includes(text)) return data.body;
    throw new Error(`the status does not say ${text}:\n${data.body}`);
  });
}

export async function say(world: World, issue: number, body: string): Promise<void> {
  await world.alice.rest.issues.createComment({ ...repository, issue_number: issue, body });
}

/** Both versions serve from now on; returns what stops it. */
export function load(
  world: World,
  from: string,
  to: string,
  bad: number,
  environment = 'production',
): () => void {
  const timer = setInterval(() => {
    world.traffic.serve(from, 900, 0, environment);
    world.traffic.serve(to, 900 - bad, bad, environment);
  }, 50);
  return () => clearInterval(timer);
}

/** From the tag to the moment when production may get its first traffic. Returns the tracking issue. */
export async function stage(world: World, tag: string): Promise<number> {
  const sha = await mainSha(world);
  await world.alice.rest.git.createRef({ ...repository, ref: `refs/tags/${tag}`, sha });
  await reaches(world, tag, 'gating');
  await submitAll(world, { sha, event: 'push', ref: `refs/tags/${tag}`, branch: tag });
  await deploy(world, 'stage', 100);
  await reaches(world, tag, 'stage_verified');
  return eventually(async () => (await readRelease(world, tag)).tracking_issue);
}

/** 10 → 50 → 100 → GA. `before` is done before each command. */
export async function promoteToTheEnd(
  world: World,
  tag: string,
  issue: number,
  before: () => unknown = () => {},
): Promise<void> {
  for (const [weight, next] of [
    [10, 50],
    [50, 100],
    [100, null],
  ] as const) {
    await before();
    await say(world, issue, `/promote ${weight}`);
    await deploy(world, 'production', weight);
    if (next === null) break;
    await statusSays(world, issue, `waiting for \`/promote ${next}\``);
  }
  await reaches(world, tag, 'observing');
}

/** Everything that a whole release leaves behind was done once. */
export async function expectEachSideEffectOnce(world: World, tag: string): Promise<void> {
  const { alice } = world;
  const { data: issues } = await alice.rest.issues.listForRepo({
    ...repository,
    state: 'all',
    labels: 'release',
  });
  expect(issues.map(({ title }) => title)).toEqual([`Release ${tag}`]);

  const { data: comments } = await alice.rest.issues.listComments({
    ...repository,
    issue_number: issues[0]?.number ?? 0,
    per_page: 100,
  });
  const ours = comments
    .filter(({ user }) => user?.login === 'release-conductor[bot]')
    .map(({ body }) => body);
  expect(ours.length).toBeGreaterThan(3);
  expect(new Set(ours).size).toBe(ours.length);

  const { data: deployments } = await alice.rest.repos.listDeployments({ ...repository, per_page: 100 });
  const steps = deployments.map(
    ({ environment, payload }) => `${environment} ${(payload as { weight: number }).weight}`,
  );
  expect(steps.toSorted()).toEqual(['production 10', 'production 100', 'production 50', 'stage 100']);

  const { data: releases } = await alice.rest.repos.listReleases({ ...repository });
  const made = releases.filter(({ tag_name: name }) => name === tag);
  expect(made).toHaveLength(1);
  expect(made[0]?.draft).toBe(false);
  expect(made[0]?.assets.map(({ name }) => name).toSorted()).toEqual([
    'evidence.zip',
    'evidence.zip.sigstore.json',
  ]);
}

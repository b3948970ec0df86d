import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../../sandbox/github/faults.ts';
import { asUser, commitFiles } from '../sandbox/github/support.ts';
import { mainSha, reaches, say, stage } from './story.ts';
import { eventually, repository, startWorld, type World } from './world.ts';

/** What the Conductor has said in an issue, newest last. */
async function replies({ alice }: World, issue: number): Promise<string[]> {
  const { data } = await alice.rest.issues.listComments({
    ...repository,
    issue_number: issue,
    per_page: 100,
  });
  return data.filter(({ user }) => user?.login === 'release-conductor[bot]').map(({ body }) => body ?? '');
}

/** Waits until everything that was stored has been processed and performed. */
function settled(world: World): Promise<true> {
  return eventually(async () => {
    await world.github.settled();
    const [left] = await world.query<{ deliveries: number; effects: number }>(
      `select (select count(*)::int from deliveries where done_at is null and dead_at is null) as deliveries,
              (select count(*)::int from effects where state = 'pending' and not_before <= now()) as effects`,
    );
    return left?.deliveries === 0 && left.effects === 0 ? true : null;
  });
}

async function deploymentsToProduction({ alice }: World): Promise<number> {
  const { data } = await alice.rest.repos.listDeployments({ ...repository, environment: 'production' });
  return data.length;
}

describe('commands in a tracking issue', () => {
  it('are refused with one reason each, and change nothing', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    await settled(world);
    const carol = asUser(world.github, 'carol');
    const sayAs = (octokit: typeof carol, body: string): Promise<unknown> =>
      octokit.rest.issues.createComment({ ...repository, issue_number: issue, body });

    const cases: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
      [() => sayAs(carol, '/promote 10'), /NOT_PERMITTED/],
      [() => say(world, issue, '/promote 100'), /STEP_SKIPPED/],
      [() => say(world, issue, '/promote 5O'), /BAD_ARGUMENT/],
      [() => say(world, issue, '/promoted 50'), /UNKNOWN_COMMAND/],
    ];
    for (const [act, reason] of cases) {
      const before = (await replies(world, issue)).length;
      await act();
      await settled(world);
      const now = (await replies(world, issue)).slice(before);
      expect(now).toHaveLength(1);
      expect(now[0]).toMatch(reason);
    }
    expect(await deploymentsToProduction(world)).toBe(0);
  });

  it('are denied when GitHub does not say who somebody is', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    world.github.faults.next({
      kind: 'status',
      status: 500,
      method: 'GET',
      path: /\/collaborators\/alice\/permission$/,
    });
    await say(world, issue, '/promote 10');
    await settled(world);
    expect((await replies(world, issue)).at(-1)).toMatch(/ROLE_UNKNOWN/);
    expect(await deploymentsToProduction(world)).toBe(0);
  });

  it.each<[string, FaultKind]>([
    ['connection that broke', { kind: 'timeout-before' }],
    ['gateway that failed', { kind: 'status', status: 502 }],
    ['limit', { kind: 'status', status: 403, headers: { 'retry-after': '1' } }],
  ])('are refused by no %s: what it was for is asked again', async (_what, fault) => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    const broken = [
      /\/collaborators\/alice\/permission$/,
      /\/git\/ref\/tags(\/|%2F)v1\.1\.0$/,
      /\/deployments$/,
    ];
    for (const path of broken) world.github.faults.next({ ...fault, method: 'GET', path });
    await say(world, issue, '/promote 10');
    await reaches(world, 'v1.1.0', 'shifting');
    await settled(world);
    expect((await replies(world, issue)).join('\n')).toContain('Going to **10 %**');
  });

  it('mean the commit that they were written for: a tag that moved refuses them (scenario 1)', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    const other = await commitFiles(world.alice, 'main', { 'b.txt': 'b' });
    await world.alice.rest.git.updateRef({ ...repository, ref: 'tags/v1.1.0', sha: other, force: true });
    await say(world, issue, '/promote 10');
    await settled(world);
    await reaches(world, 'v1.1.0', 'halted');
    expect((await replies(world, issue)).join('\n')).toContain('moved');
    expect(await deploymentsToProduction(world)).toBe(0);
  });

  it('are not found in edits, quotes, fences, or what bots say (scenarios 4, 5)', async () => {
    const world = await startWorld();
    const issue = await stage(world, 'v1.1.0');
    await settled(world);
    const before = (await replies(world, issue)).length;
    const { data: comment } = await world.alice.rest.issues.createComment({
      ...repository,
      issue_number: issue,
      body: 'lgtm',
    });
    await world.alice.rest.issues.updateComment({
      ...repository,
      comment_id: comment.id,
      body: '/rollback now',
    });
    for (const body of [
      '> /rollback x',
      '```\n/rollback x\n```',
      '<!-- x -->\n/rollback x',
      'well\n/rollback x',
    ]) {
      await say(world, issue, body);
    }
    await settled(world);
    expect(await replies(world, issue)).toHaveLength(before);
    await reaches(world, 'v1.1.0', 'stage_verified');
  });
});

describe('a tag', () => {
  it('that the config does not call a release starts nothing', async () => {
    const world = await startWorld();
    await world.alice.rest.git.createRef({
      ...repository,
      ref: 'refs/tags/nightly-1',
      sha: await mainSha(world),
    });
    await settled(world);
    expect(await world.query(`select key from aggregates where kind = 'release'`)).toEqual([]);
  });

  it('on a commit that is not part of the default branch is rejected with the reason', async () => {
    const world = await startWorld();
    const sha = await commitFiles(world.alice, 'aside', { 'c.txt': 'c' });
    await world.alice.rest.git.createRef({ ...repository, ref: 'refs/tags/v2.0.0', sha });
    await reaches(world, 'v2.0.0', 'rejected');
    await settled(world);
    const { data } = await world.alice.rest.issues.listForRepo({ ...repository, state: 'all' });
    expect(JSON.stringify(data)).toContain('not part of main');
  });
});

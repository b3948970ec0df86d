import { describe, expect, it } from 'vitest';
import { checkNameOf, gateNames } from '../../core/gate/names.ts';
import { commitFiles, eventually, repository, startWorld, submit, submitAll, type World } from './world.ts';

async function openPullRequest(world: World): Promise<{ number: number; sha: string }> {
  const sha = await commitFiles(world.alice, 'feature', { 'a.txt': 'a' });
  const { data } = await world.alice.rest.pulls.create({
    ...repository,
    head: 'feature',
    base: 'main',
    title: 'A',
  });
  return { number: data.number, sha };
}

async function ourChecks(world: World, sha: string): Promise<Record<string, string>> {
  const { data } = await world.alice.rest.checks.listForRef({ ...repository, ref: sha, per_page: 100 });
  const ours = data.check_runs.filter((check) => check.app?.slug === 'release-conductor');
  return Object.fromEntries(ours.map((check) => [check.name, check.conclusion ?? check.status]));
}

describe('a pull request', () => {
  it('gets five queued checks and one comment, and its verdicts when results come in', async () => {
    const world = await startWorld();
    const { number, sha } = await openPullRequest(world);
    await eventually(async () => (Object.keys(await ourChecks(world, sha)).length === 5 ? true : null));
    expect(await ourChecks(world, sha)).toEqual(
      Object.fromEntries(gateNames.map((gate) => [checkNameOf[gate], 'queued'])),
    );

    expect((await submit(world, { gate: 'migrations', sha, verdict: 'fail' })).status).toBe(202);
    for (const gate of ['slo', 'perf', 'supply-chain', 'policy'] as const) await submit(world, { gate, sha });
    await eventually(async () => {
      const checks = await ourChecks(world, sha);
      return Object.values(checks).every((state) => state !== 'queued') ? checks : null;
    });
    expect(await ourChecks(world, sha)).toMatchObject({
      'migration-gate': 'failure',
      'slo-gates': 'success',
    });

    const check = (
      await world.alice.rest.checks.listForRef({ ...repository, ref: sha })
    ).data.check_runs.find(({ name }) => name === 'migration-gate');
    const { data: annotations } = await world.alice.rest.checks.listAnnotations({
      ...repository,
      check_run_id: check?.id ?? 0,
    });
    expect(annotations).toMatchObject([{ path: 'README.md', start_line: 1, annotation_level: 'failure' }]);

    await eventually(async () => {
      const { data: comments } = await world.alice.rest.issues.listComments({
        ...repository,
        issue_number: number,
      });
      return comments.length === 1 && comments[0]?.body?.includes('fail') ? true : null;
    });
  });

  it('counts results that came before its webhook', async () => {
    const world = await startWorld();
    const sha = await commitFiles(world.alice, 'feature', { 'a.txt': 'a' });
    await submitAll(world, { sha });
    await world.alice.rest.pulls.create({ ...repository, head: 'feature', base: 'main', title: 'A' });
    await eventually(async () => {
      const checks = Object.values(await ourChecks(world, sha));
      return checks.length === 5 && checks.every((state) => state === 'success') ? true : null;
    });
  });
});

import { expect, it } from 'vitest';
import { gateNames } from '../../core/gate/names.ts';
import { commitFiles, eventually, repository, startWorld, submitAll } from './world.ts';

it('scenario 10: a merge group is judged anew at its own head, and a destroyed one leaves nothing open', async () => {
  const world = await startWorld();
  const sha = await commitFiles(world.alice, 'feature', { 'a.txt': 'a' });
  const { data: pull } = await world.alice.rest.pulls.create({
    ...repository,
    head: 'feature',
    base: 'main',
    title: 'A',
  });
  await submitAll(world, { sha });
  const checksAt = async (ref: string) =>
    (await world.alice.rest.checks.listForRef({ ...repository, ref })).data.check_runs.filter(
      ({ app }) => app?.slug === 'release-conductor',
    );
  await eventually(async () =>
    (await checksAt(sha)).filter(({ conclusion }) => conclusion === 'success').length === 5 ? true : null,
  );

  const group = await world.github.createMergeGroup('acme/shop', pull.number);
  const queued = await eventually(async () => {
    const found = await checksAt(group.headSha);
    return found.length === gateNames.length ? found : null;
  });
  expect(queued.map(({ status }) => status)).toEqual(gateNames.map(() => 'queued'));

  await world.github.destroyMergeGroup('acme/shop', group.headSha, 'dequeued');
  const key = `group/${group.headSha}`;
  await eventually(async () => {
    const [row] = await world.query("select state->>'open' as open from aggregates where key = $1", [key]);
    return row?.open === 'false' ? true : null;
  });
  await eventually(async () => {
    const left = (await checksAt(group.headSha)).filter(({ conclusion }) => conclusion !== 'cancelled');
    return left.length === 0 ? true : null;
  });
  const { data: comments } = await world.alice.rest.issues.listComments({
    ...repository,
    issue_number: pull.number,
  });
  expect(comments).toHaveLength(1);
});

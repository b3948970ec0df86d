import { afterAll, beforeAll, expect, it } from 'vitest';
import { startConductor } from '../../app/start.ts';
import { gateNames } from '../../core/gate/names.ts';
import { failReads } from './failing-reads.ts';
import { webhooksOff } from './governed.ts';
import { commitFiles, eventually, repository, startWorld, submitAll, type World } from './world.ts';

let world: World;
const closing: (() => unknown)[] = [];
beforeAll(async () => {
  world = await startWorld({}, startConductor, (close) => closing.push(close));
  failReads(world);
});
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

async function pullRequest(branch: string): Promise<{ sha: string; number: number }> {
  const sha = await commitFiles(world.alice, branch, { [`${branch}.txt`]: branch });
  const pull = { ...repository, head: branch, base: 'main', title: branch };
  return { sha, number: (await world.alice.rest.pulls.create(pull)).data.number };
}

async function checksAt(ref: string): Promise<readonly string[]> {
  const { data } = await world.alice.rest.checks.listForRef({ ...repository, ref });
  return data.check_runs
    .filter(({ app }) => app?.slug === 'release-conductor')
    .map(({ status, conclusion }) => conclusion ?? status);
}

/** Every gate's check at this commit is so. */
function checksAre(ref: string, state: string): Promise<true> {
  return eventually(async () => {
    const found = await checksAt(ref);
    return found.length === gateNames.length && found.every((one) => one === state) ? true : null;
  });
}

const isOpen = async (sha: string): Promise<string | undefined> => {
  const key = `group/${sha}`;
  const [row] = await world.query<{ open: string }>(
    "select state->>'open' as open from aggregates where key = $1",
    [key],
  );
  return row?.open;
};

const pass = (sha: string, branch: string): Promise<void> =>
  submitAll(world, { sha, event: 'merge_group', ref: `refs/heads/${branch}`, branch });

it('scenario 10: a merge group is judged anew at its own head, and a destroyed one leaves nothing open', async () => {
  const { sha, number } = await pullRequest('feature');
  await submitAll(world, { sha });
  await checksAre(sha, 'success');

  const group = await world.github.createMergeGroup('acme/shop', number);
  await checksAre(group.headSha, 'queued');
  await world.github.destroyMergeGroup('acme/shop', group.headSha, 'dequeued');
  await eventually(async () => ((await isOpen(group.headSha)) === 'false' ? true : null));
  await checksAre(group.headSha, 'cancelled');
  const { data: comments } = await world.alice.rest.issues.listComments({
    ...repository,
    issue_number: number,
  });
  expect(comments).toHaveLength(1);
});

it('scenario 10: of five groups one drops out: it is cancelled, its heirs are judged at their own heads, what they said before does not count', async () => {
  const pulls = await Promise.all([1, 2, 3, 4, 5].map((n) => pullRequest(`queued-${n}`)));
  const groups = [];
  for (const { number } of pulls) groups.push(await world.github.createMergeGroup('acme/shop', number));
  for (const { headSha } of groups) await checksAre(headSha, 'queued');
  const [, second] = groups;
  const branch = second?.headRef.replace('refs/heads/', '') ?? '';
  await pass(second?.headSha ?? '', branch);
  await checksAre(second?.headSha ?? '', 'success');

  // The head drops out: every group behind it is built anew.
  for (const { headSha } of groups) await world.github.destroyMergeGroup('acme/shop', headSha, 'invalidated');
  await commitFiles(world.alice, 'main', { 'moved.txt': 'so that the new groups are other commits' });
  const rebuilt = [];
  for (const { number } of pulls.slice(1))
    rebuilt.push(await world.github.createMergeGroup('acme/shop', number));
  for (const { headSha } of rebuilt) await checksAre(headSha, 'queued');
  for (const group of [groups[0], groups[2], groups[3], groups[4]])
    await checksAre(group?.headSha ?? '', 'cancelled');
  for (const { headSha } of groups) expect(await isOpen(headSha)).toBe('false');
  expect(await checksAt(second?.headSha ?? '')).toEqual(gateNames.map(() => 'success'));

  const [first] = rebuilt;
  await pass(first?.headSha ?? '', first?.headRef.replace('refs/heads/', '') ?? '');
  await checksAre(first?.headSha ?? '', 'success');
});

it('a group whose end nobody told is ended by the sweep', async () => {
  const { number } = await pullRequest('lost');
  const group = await world.github.createMergeGroup('acme/shop', number);
  await checksAre(group.headSha, 'queued');
  await world.conductor.close();
  await webhooksOff(world);
  await world.github.destroyMergeGroup('acme/shop', group.headSha, 'dequeued');
  await world.github.settled();
  await world.start();
  await checksAre(group.headSha, 'cancelled');
  expect(await isOpen(group.headSha)).toBe('false');
});

import { checkNameOf, gateNames } from '../../core/gate/names.ts';
import type { Json } from '../client.ts';
import { Refuted } from '../timeline.ts';
import type { Scenario, Stage } from './scenario.ts';

/** A pull request with an unsafe migration is stopped on the line concerned; its fix is merged. */
export const unsafeMigration: Scenario = {
  name: 'unsafe-migration',
  title: 'A pull request with an unsafe migration',
  after: [],
  async play(stage) {
    const { developer, timeline, world } = stage;
    const unsafe = world.variant('unsafe-migration');
    const head = await developer.commit('order-notes', 'feat: keep a note with every order', unsafe);
    const number = await developer.openPullRequest('feat: keep a note with every order', 'order-notes');
    timeline.act(`a developer opens #${number}: a required column, an index built under a lock`);

    await observeFiveChecks(stage, head);
    await observeRedMigrationGate(stage, head, [...unsafe.keys()]);
    await observeRefusedMerge(stage, number);

    const fixed = await developer.commit('order-notes', 'fix: expand first', world.variant('safe-migration'));
    timeline.act('the developer pushes the expand-first version');
    await observeAllGreen(stage, fixed);
    await mergeWhenAllowed(stage, number, fixed);
  },
};

async function observeFiveChecks({ timeline, developer, world }: Stage, head: string): Promise<void> {
  await timeline.observe('five checks under the seed’s names, published by the App', async () => {
    const checks = await Promise.all(
      gateNames.map((gate) => developer.check(head, checkNameOf[gate], world.github.app.appId)),
    );
    return checks.every((check) => check !== null)
      ? gateNames.map((gate) => checkNameOf[gate]).join(', ')
      : null;
  });
}

async function observeRedMigrationGate(
  { timeline, developer, world }: Stage,
  head: string,
  paths: readonly string[],
): Promise<void> {
  const detail = await timeline.observe('migration-gate is red', async () => {
    const check = await developer.check(head, checkNameOf.migrations, world.github.app.appId);
    if (check?.status !== 'completed') return null;
    if (check.conclusion === 'success') throw new Refuted('migration-gate is green');
    return `#${check.id}`;
  });
  await timeline.observe('the annotation is on the line of the ADD COLUMN … NOT NULL', async () => {
    const notes: Json[] = await developer.expect('GET', `/check-runs/${detail.slice(1)}/annotations`);
    const note = notes.find(
      (one) => paths.includes(one.path) && /not.null|required|default/i.test(`${one.title} ${one.message}`),
    );
    return note === undefined ? null : `${note.path}:${note.start_line} ${note.title}`;
  });
}

async function observeRefusedMerge({ timeline, lead }: Stage, number: number): Promise<void> {
  await timeline.observe('merging is refused by GitHub', async () => {
    const answer = await lead.call('PUT', `/pulls/${number}/merge`, {});
    if (answer.status === 200) throw new Refuted('the pull request was merged');
    return `${answer.status} ${String(answer.body?.message ?? '').slice(0, 80)}`;
  });
}

/** Waits until every gate of the commit is green; a red one is named at once. */
export async function observeAllGreen({ timeline, developer, world }: Stage, sha: string): Promise<void> {
  await timeline.observe(
    'all five gates are green',
    async () => {
      const checks = await Promise.all(
        gateNames.map((gate) => developer.check(sha, checkNameOf[gate], world.github.app.appId)),
      );
      const red = checks.find((check) => check?.status === 'completed' && check.conclusion !== 'success');
      if (red) throw new Refuted(`${red.name} is ${red.conclusion}: ${red.output?.title}`);
      return checks.every((check) => check?.status === 'completed') ? `on ${sha.slice(0, 7)}` : null;
    },
    180_000,
  );
}

/** Merges as the release lead; resolves with the merge commit. */
export async function mergeWhenAllowed(
  { timeline, lead }: Stage,
  number: number,
  head: string,
): Promise<string> {
  return await timeline.observe(`#${number} is merged`, async () => {
    const answer = await lead.call('PUT', `/pulls/${number}/merge`, { sha: head });
    return answer.status === 200 ? (answer.body.sha as string) : null;
  });
}

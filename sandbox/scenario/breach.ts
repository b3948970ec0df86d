import { Refuted } from '../timeline.ts';
import { promote } from './release.ts';
import type { Scenario, Stage } from './scenario.ts';
import { findIssue, observeComment, observeTrackingIssue } from './tracking.ts';
import { observeShare, observeStageRuns } from './traffic.ts';
import { mergeWhenAllowed, observeAllGreen } from './unsafe-migration.ts';

/** A version that answers 5xx to a share of requests is caught at 10 % and rolled back without a hand. */
export const breach: Scenario = {
  name: 'breach',
  title: 'A second release that breaks in production',
  after: ['unsafe-migration', 'release'],
  async play(stage) {
    const { developer, lead, timeline, world } = stage;
    const head = await developer.commit(
      'faster-products',
      'feat: faster product list',
      world.variant('faulty-version'),
    );
    const number = await developer.openPullRequest('feat: faster product list', 'faster-products');
    timeline.act(`a developer opens #${number}; its fault shows only under production traffic`);
    await observeAllGreen(stage, head);
    await mergeWhenAllowed(stage, number, head);

    const verified = world.current();
    const tag = world.nextVersion();
    await lead.tag(tag, await lead.headOf('main'));
    timeline.act(`the release lead tags ${tag}`);
    const issue = await observeTrackingIssue(stage, tag);
    await observeStageRuns(stage, tag);
    await promote(stage, issue, tag, 10);
    await observeComment(
      stage,
      issue,
      'automatic rollback, with the cause',
      'Canary breach at **10%**',
      180_000,
    );
    await observeShare(stage, verified, 100);
    await observeIncident(stage, tag);
    await observeHold(stage, issue);
  },
};

async function observeIncident({ timeline, lead }: Stage, tag: string): Promise<void> {
  await timeline.observe('an incident issue', async () => {
    const issue = await findIssue(
      lead,
      (one) =>
        one.labels.some((label: { name: string }) => label.name === 'incident') && one.title.includes(tag),
    );
    return issue === null ? null : `#${issue.number} ${issue.title}`;
  });
}

async function observeHold(stage: Stage, issue: number): Promise<void> {
  const { timeline, lead, world } = stage;
  const before = (await lead.comments(issue)).length;
  await lead.comment(issue, '/promote 50');
  timeline.act('the release lead tries /promote 50 all the same');
  await timeline.observe('promotion is blocked, with a reason', async () => {
    const replies = (await lead.comments(issue))
      .slice(before + 1)
      .filter((one) => one.author === `${world.github.app.slug}[bot]`);
    if ((world.platform.weights('production')[world.current()] ?? 0) !== 100)
      throw new Refuted('traffic moved although the release is held');
    const code = replies
      .map((one) => /\b[A-Z]+(?:_[A-Z]+)+\b/.exec(one.body)?.[0])
      .find((one) => one !== undefined);
    return code ?? null;
  });
}

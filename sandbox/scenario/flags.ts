import type { Json } from '../client.ts';
import { flagsFile } from '../company.ts';
import type { Scenario, Stage } from './scenario.ts';
import { observeComment, observeTrackingIssue } from './tracking.ts';

const flag = 'order-history';
/** How many users are asked whether they have the flag. */
const users = 200;

/** The release's feature flag went with the canary and is everybody's at GA; one command takes it away, another gives it back. */
export const flags: Scenario = {
  name: 'flags',
  title: 'The release’s feature flag',
  after: ['unsafe-migration', 'release'],
  async play(stage) {
    const { lead, timeline, world } = stage;
    const tag = world.current();
    const issue = await observeTrackingIssue(stage, tag);
    await observeRamp(stage, tag);
    await observeComment(stage, issue, 'GA said so', `GA flags flipped: ${flag}`);
    await observeUsers(stage, 'everybody has it', users);

    await lead.comment(issue, `/flags kill ${flag} wrong totals`);
    timeline.act(`the release lead writes /flags kill ${flag} wrong totals`);
    await observeUsers(stage, 'nobody has it any more', 0);
    await observeComment(stage, issue, 'the issue says who took it away, and why', 'Flags killed by ada');

    await lead.comment(issue, `/flags restore ${flag}`);
    timeline.act(`the release lead writes /flags restore ${flag}`);
    await observeUsers(stage, 'everybody has it again', users);
    await observeAudit(stage);
  },
};

/** Each share was one commit of the App. A step that is reached while the one before is still read back takes its place. */
async function observeRamp({ lead, timeline }: Stage, tag: string): Promise<void> {
  await timeline.observe('the flag was given to as many users as the canary had traffic', async () => {
    const { path, branch } = flagsFile;
    const commits = (await lead.expect('GET', `/commits?sha=${branch}&path=${path}`)) as Json[];
    const shares = commits.flatMap(({ commit }) => {
      const found = new RegExp(`^Flags of ${tag} \\((?:ramp|ga)\\): ${flag} (\\d+) %$`).exec(commit.message);
      return found === null ? [] : [Number(found[1])];
    });
    const steps = shares.toReversed();
    const isRamp = steps.every((share, index) => index === 0 || share > (steps[index - 1] ?? 0));
    return isRamp && steps.at(-1) === 100 ? `commits: ${steps.join(' % → ')} % of users` : null;
  });
}

async function observeUsers({ timeline, world }: Stage, what: string, expected: number): Promise<void> {
  await timeline.observe(what, async () => {
    const answers = await Promise.all(
      Array.from({ length: users }, (_, index) => hasFlag(world, `user-${index}`)),
    );
    const having = answers.filter(Boolean).length;
    return having === expected ? `${having} of ${users} users` : null;
  });
}

/** As an application asks: by the OpenFeature Remote Evaluation Protocol. */
async function hasFlag({ platform }: Stage['world'], targetingKey: string): Promise<boolean> {
  const answer = await fetch(`${platform.url}/ofrep/v1/evaluate/flags/${flag}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ context: { targetingKey } }),
  });
  return ((await answer.json()) as Json).value === true;
}

async function observeAudit({ timeline, world }: Stage): Promise<void> {
  await timeline.observe('the audit log has every flip: who, why, from which share to which', async () => {
    const answer = await fetch(
      `${world.conductor.url}/v1/audit?repository=${world.repository}&action=flag.flipped`,
    );
    const { entries } = (await answer.json()) as Json;
    const told = (entries as Json[]).map(({ actor, data }) => `${data.purpose} by ${actor}`);
    return ['kill', 'restore'].every((purpose) => told.some((text) => text.startsWith(`${purpose} by ada`)))
      ? told.join(', ')
      : null;
  });
}

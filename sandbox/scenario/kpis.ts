import type { Json } from '../client.ts';
import type { Scenario, Stage } from './scenario.ts';
import { findIssue, observeComment, observeTrackingIssue } from './tracking.ts';

/**
 * After the observation the figures since GA are compared with the same time a week before, of which the platform's
 * history has made-up ones: the shop is a minute old.
 */
export const kpis: Scenario = {
  name: 'kpis',
  title: 'The KPI report, after the observation that follows GA',
  after: ['unsafe-migration', 'release'],
  async play(stage) {
    const { lead, timeline, world } = stage;
    const tag = world.current();
    const issue = await observeTrackingIssue(stage, tag);
    await observeComment(stage, issue, 'the report', '## KPIs of');
    for (const [name, verdict] of [
      ['requests a second', 'worse'],
      ['failed requests', 'better'],
      ['refunds', 'insufficient'],
    ] as const) {
      await observeFigure(stage, issue, name, verdict);
    }
    await timeline.observe('what got worse became an issue with an owner', async () => {
      const found = await findIssue(
        lead,
        ({ title }) => title === `KPI regression after ${tag}: requests a second`,
      );
      const owner = /- Owner: (\S+)/.exec(found?.body ?? '')?.[1];
      return found === null || owner === undefined ? null : `#${found.number}, ${owner}`;
    });
    await timeline.observe('the release notes have the report, too', async () => {
      const { body } = await lead.expect('GET', `/releases/tags/${tag}`);
      return /## KPIs of .*/.exec(body ?? '')?.[0] ?? null;
    });
    const reports = (await lead.comments(issue)).filter(({ body }) => body.includes('## KPIs of'));
    if (reports.length !== 1) timeline.miss('the report is posted once', `${reports.length} times`);
  },
};

async function observeFigure(
  { lead, timeline }: Stage,
  issue: number,
  name: string,
  verdict: string,
): Promise<void> {
  await timeline.observe(`${name}: ${verdict}`, async () => {
    const report = (await lead.comments(issue)).find(({ body }: Json) => body.includes('## KPIs of'));
    const row = report?.body.split('\n').find((line) => line.startsWith(`| ${name} |`));
    return row?.includes(verdict) === true ? row.replaceAll('|', ' ').trim() : null;
  });
}

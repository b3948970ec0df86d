import { checkNameOf } from '../../core/gate/names.ts';
import { previewMarker } from '../../core/preview/draft.ts';
import type { Json } from '../client.ts';
import type { Scenario, Stage } from './scenario.ts';
import { findIssue } from './tracking.ts';

/** A pull request is tried out in a preview of its own, from the label to the merge that tears it down. */
export const preview: Scenario = {
  name: 'preview',
  title: 'A pull request with a preview',
  after: [],
  async play(stage) {
    const { developer, lead, timeline } = stage;
    const text = '# shop\n\nTea, ordered over HTTP.\n';
    const head = await developer.commit('readme', 'docs: say what it is', new Map([['README.md', text]]));
    const number = await developer.openPullRequest('docs: say what it is', 'readme');
    // A label that is first named on an issue has no description, which GitHub's own description does not foresee.
    const label = { name: 'preview', color: '0e8a16', description: 'A running copy of this change' };
    await lead.expect('POST', '/labels', label);
    await lead.expect('POST', `/issues/${number}/labels`, { labels: ['preview'] });
    timeline.act(`a developer opens #${number}, the lead labels it “preview”`);

    const url = await observeAddress(stage, number);
    await observeAnswer(stage, 'the preview answers customers', `${url}products`, 200);
    await observeGoldenPaths(stage, head, url);
    await observeExtension(stage, number);
    await observeSleep(stage, number, url);
    await observeVisit(stage, number, url);
    await observeEnd(stage, number);
  },
};

async function observeAddress(stage: Stage, number: number): Promise<string> {
  return stage.timeline.observe('one comment has its address, cost and end', async () => {
    const comment = await previewComment(stage, number);
    const url = /\| address \| (http\S+) \|/.exec(comment)?.[1] ?? null;
    return url !== null && comment.includes('of $3.00') && comment.includes('| ends |') ? url : null;
  });
}

/** The workflow's own probe job has reported: its result names the preview that was walked. */
async function observeGoldenPaths({ timeline, developer, world }: Stage, head: string, url: string) {
  await timeline.observe('the golden paths were walked there, and count in slo-gates', async () => {
    const check = await developer.check(head, checkNameOf.slo, world.github.app.appId);
    if (check?.status !== 'completed' || check.conclusion !== 'success') return null;
    return /in its preview|The other look/.test(check.output?.summary)
      ? `${url} ${check.output.title}`
      : null;
  });
}

async function observeExtension(stage: Stage, number: number): Promise<void> {
  const before = endOf(await previewComment(stage, number));
  await stage.developer.comment(number, '/preview extend 24h');
  stage.timeline.act('the developer writes /preview extend 24h');
  await stage.timeline.observe('it lives a day longer', async () => {
    const now = endOf(await previewComment(stage, number));
    return now - before === 24 * 3_600_000 ? new Date(now).toISOString() : null;
  });
}

async function observeSleep(stage: Stage, number: number, url: string): Promise<void> {
  await stage.developer.comment(number, '/preview sleep');
  stage.timeline.act('the developer writes /preview sleep');
  await observeAnswer(stage, 'it sleeps: nothing answers, nothing is paid', url, 503);
  await observeComment(stage, number, 'the comment says so', /: asleep/);
}

async function observeVisit(stage: Stage, number: number, url: string): Promise<void> {
  const page = `${stage.world.conductor.url}/previews/${stage.world.repository}/${number}`;
  await fetch(page, { headers: { accept: 'text/html' }, redirect: 'manual' });
  stage.timeline.act(`somebody opens ${page}`);
  await observeAnswer(stage, 'the visit woke it', `${url}products`, 200);
}

async function observeEnd(stage: Stage, number: number): Promise<void> {
  const { lead, timeline, world } = stage;
  await lead.expect('PATCH', `/pulls/${number}`, { state: 'closed' });
  timeline.act(`#${number} is closed`);
  await timeline.observe('nothing of it is left on the platform', async () =>
    world.platform.previews().size === 0 ? `pr-${number} is gone` : null,
  );
  await observeComment(stage, number, 'the comment says that it is gone', /: gone/);
  await timeline.observe('GitHub has forgotten its environment', async () => {
    const { environments } = await lead.expect('GET', '/environments?per_page=100');
    const names = (environments as Json[]).map(({ name }) => name as string);
    return names.includes(`preview/pr-${number}`) ? null : names.join(', ') || 'there is none';
  });
  const orphan = await findIssue(lead, ({ title }) => /cannot be torn down/.test(title));
  if (orphan !== null) timeline.miss('no orphan is reported', `#${orphan.number}`);
}

async function observeAnswer({ timeline }: Stage, what: string, url: string, status: number): Promise<void> {
  await timeline.observe(what, async () => {
    const answer = await fetch(url);
    await answer.arrayBuffer();
    return answer.status === status ? `${url} answers ${status}` : null;
  });
}

async function observeComment(stage: Stage, number: number, what: string, wanted: RegExp): Promise<void> {
  await stage.timeline.observe(
    what,
    async () => wanted.exec(await previewComment(stage, number))?.[0] ?? null,
  );
}

/** The one comment about the preview; two of them would be a defect. */
async function previewComment({ lead, world }: Stage, number: number): Promise<string> {
  const comments = await lead.comments(number);
  const found = comments.filter(
    ({ author, body }) => author === `${world.github.app.slug}[bot]` && body.includes(previewMarker),
  );
  if (found.length > 1) throw new Error(`${found.length} comments about one preview`);
  return found[0]?.body ?? '';
}

function endOf(comment: string): number {
  return Date.parse(/\| ends \| (\S+) \|/.exec(comment)?.[1] ?? '');
}

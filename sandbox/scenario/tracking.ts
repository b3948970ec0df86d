import type { Json } from '../client.ts';
import type { Stage } from './scenario.ts';

/** Waits for the release's tracking issue and resolves with its number. */
export async function observeTrackingIssue({ timeline, lead }: Stage, tag: string): Promise<number> {
  const detail = await timeline.observe(`the tracking issue “Release ${tag}”`, async () => {
    const issue = await findIssue(lead, (one) => one.title === `Release ${tag}`);
    return issue === null ? null : `#${issue.number}`;
  });
  return Number(detail.slice(1));
}

export async function findIssue(
  client: Stage['lead'],
  matches: (issue: Json) => boolean,
): Promise<Json | null> {
  const issues = (await client.expect('GET', '/issues?state=all&per_page=100')) as Json[];
  return issues.find((issue) => issue.pull_request === undefined && matches(issue)) ?? null;
}

/** Waits for a comment of the App that contains `text`. */
export async function observeComment(
  { timeline, lead, world }: Stage,
  issue: number,
  what: string,
  text: string,
  timeout?: number,
): Promise<void> {
  await timeline.observe(
    what,
    async () => {
      const comments = await lead.comments(issue);
      const found = comments.find(
        (one) => one.author === `${world.github.app.slug}[bot]` && one.body.includes(text),
      );
      return found === undefined ? null : firstLine(found.body);
    },
    timeout,
  );
}

/** Waits until the live status table (the issue's first post) contains `text`. */
export async function observeStatus(
  { timeline, lead }: Stage,
  issue: number,
  what: string,
  text: RegExp,
  timeout?: number,
): Promise<void> {
  await timeline.observe(
    what,
    async () => {
      const { body } = await lead.expect('GET', `/issues/${issue}`);
      return text.exec(body)?.[0] ?? null;
    },
    timeout,
  );
}

function firstLine(body: string): string {
  const line = body.split('\n').find((one) => one.trim() !== '' && !one.startsWith('<!--')) ?? '';
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

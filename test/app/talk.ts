import { asUser, commitFiles } from '../sandbox/github/support.ts';
import { eventually, repository, type World } from './world.ts';

/** What people say to the Conductor, and what it says. */

export const configPath = '.github/release-conductor.yml';

/** Adds to the config of the default branch: lines below `release:`. */
export async function configure(world: World, lines: string): Promise<void> {
  const { data } = await world.alice.rest.repos.getContent({ ...repository, path: configPath });
  const text = Buffer.from((data as { content: string }).content, 'base64').toString('utf8');
  await commitFiles(world.alice, 'main', { [configPath]: `${text}${lines}` }, 'ci: configure');
}

/** Somebody writes a comment; its id. */
export async function sayAs(world: World, login: string, issue: number, body: string): Promise<number> {
  const { data } = await asUser(world.github, login).rest.issues.createComment({
    ...repository,
    issue_number: issue,
    body,
  });
  return data.id;
}

/** Everything that the Conductor has said in an issue, oldest first. */
export async function repliesIn({ alice }: World, issue: number): Promise<string[]> {
  const { data } = await alice.rest.issues.listComments({
    ...repository,
    issue_number: issue,
    per_page: 100,
  });
  return data.filter(({ user }) => user?.login === 'release-conductor[bot]').map(({ body }) => body ?? '');
}

/** The one reply to a command, as soon as it says what is waited for. */
export function replyTo(world: World, issue: number, commentId: number, wanted: RegExp): Promise<string> {
  return eventually(async () => {
    const marker = `<!-- release-conductor:reply/${commentId}/`;
    const replies = (await repliesIn(world, issue)).filter((body) => body.startsWith(marker));
    if (replies.length > 1) throw new Error(`${replies.length} replies to one command`);
    const [reply] = replies;
    if (reply !== undefined && wanted.test(reply)) return reply;
    throw new Error(`the reply to ${commentId} is ${reply ?? 'not there'}`);
  });
}

/** Says it and waits for the reply. */
export async function ask(
  world: World,
  issue: number,
  body: string,
  wanted: RegExp,
  login = 'alice',
): Promise<string> {
  return replyTo(world, issue, await sayAs(world, login, issue, body), wanted);
}

/** Waits until everything that was stored has been processed and performed. */
export function settled(world: World): Promise<true> {
  return eventually(async () => {
    await world.github.settled();
    const [left] = await world.query<{ deliveries: number; effects: number }>(
      `select (select count(*)::int from deliveries where done_at is null and dead_at is null) as deliveries,
              (select count(*)::int from effects where state = 'pending' and not_before <= now()) as effects`,
    );
    return left?.deliveries === 0 && left.effects === 0 ? true : null;
  });
}

export async function productionDeployments({ alice }: World): Promise<number> {
  const { data } = await alice.rest.repos.listDeployments({ ...repository, environment: 'production' });
  return data.length;
}

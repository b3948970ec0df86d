import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type GithubApi, githubApi } from '../../adapters/github/rest.ts';
import type { Place } from '../../core/commands/command.ts';
import type { CommandDefinition } from '../../core/commands/definition.ts';
import { parseComment } from '../../core/commands/grammar.ts';
import type { CommandName } from '../../core/commands/names.ts';
import { definitionOf } from '../../core/commands/registry.ts';
import { InputError, ProviderError } from '../../core/errors.ts';
import type { CliCommand, CliInput, CliWorld } from '../command.ts';
import { repositoryOf } from '../github.ts';
import { findTrackingIssue } from '../tracking-issue.ts';

/**
 * Speaks to the Conductor as a person does, by a comment on the release's issue or the pull request: so that the
 * command is authorised, decided and recorded in one place, whoever types it where. Made from the definition that
 * the comment's command has too; the text is read by the same grammar before it is posted.
 */
export function slashCommand(name: CommandName): CliCommand {
  const definition = definitionOf(name);
  const { usage, summary, details, places } = definition;
  return {
    usage: `${places.includes('release') ? 'TAG' : 'NUMBER'}${usage.slice(name.length + 1)} [options]`,
    description: [
      `${summary}.`,
      details,
      `Posts the command as a comment on ${whereOf(places)}, as whom GITHUB_TOKEN belongs to.`,
      'Without a token it prints what to write there. The answer comes there; --wait shows it here.',
    ].join('\n'),
    options: { ...optionsOf(name), ...common },
    examples: definition.examples.map((example) => [exampleOf(definition, example), example]),
    async run(input, world) {
      const target = targetOf(input, definition);
      const text = textOf(input, definition, target.words);
      checkGrammar(text, target.place);
      const repository = repositoryOf(input.text('repo'), world);
      if (!world.env.GITHUB_TOKEN) return tell(world, repository, target, text);
      const api = githubApi(world, world.env.GITHUB_TOKEN);
      return post(api, { repository, target, text, name, wait: input.flag('wait') }, world);
    },
  };
}

const common: CliCommand['options'] = {
  reason: { value: 'TEXT', help: 'why; it is recorded' },
  'dry-run': { help: 'asks what would happen; nothing is done' },
  wait: { help: 'waits for the answer: exit status 0 done, 1 refused' },
  pr: { value: 'NUMBER', help: 'on this pull request instead of a release' },
  repo: { value: 'OWNER/REPO', help: 'default: GITHUB_REPOSITORY' },
};

function optionsOf(name: CommandName): CliCommand['options'] {
  switch (name) {
    case 'promote':
      return {
        canary: { value: '10|50|100|next', help: 'percent of traffic; default: next' },
        commit: { value: 'SHA', help: 'refuse if the release is at another commit' },
      };
    case 'override':
      return { for: { value: '2h', help: 'for how long' } };
    default:
      return {};
  }
}

function whereOf(places: readonly Place[]): string {
  return places.includes('release')
    ? 'the issue "Release TAG", or on a pull request'
    : 'the pull request NUMBER';
}

/** `/lock 2h load test` → `lock v1.4.0 2h load test` */
function exampleOf({ name, places }: CommandDefinition, example: string): string {
  return `${name} ${places.includes('release') ? 'v1.4.0' : '7'}${example
    .slice(name.length + 1)
    .replace(/ for=(\S+)/, ' --for $1')
    .replace(/ reason=("[^"]*")/, ' --reason $1')}`;
}

interface Target {
  readonly place: Place;
  /** Tag of the release, or number of the pull request. */
  readonly key: string;
  /** Arguments of the command itself. */
  readonly words: readonly string[];
}

function targetOf(input: CliInput, { name, places }: CommandDefinition): Target {
  const isOfRelease = places.includes('release');
  const [first, ...rest] = input.args;
  const pull = input.text('pr') ?? (isOfRelease ? null : (first ?? ''));
  if (pull !== null) {
    const number = pull.replace(/^#/, '');
    if (!/^[1-9]\d{0,9}$/.test(number))
      throw usage(
        `expected the number of a pull request, found ${JSON.stringify(pull)}`,
        isOfRelease ? 'give --pr 7' : `release-conductor ${name} 7`,
      );
    return { place: 'pull request', key: number, words: input.text('pr') === null ? rest : input.args };
  }
  if (first !== undefined) return { place: 'release', key: first, words: rest };
  throw usage('expected one tag', `release-conductor ${name} v1.4.0`);
}

function textOf(input: CliInput, { name, freeText }: CommandDefinition, words: readonly string[]): string {
  const reason = oneLine(input.text('reason'));
  const given = reason === null ? [] : [freeText ? reason : `reason="${reason}"`];
  const span = name === 'override' ? input.text('for') : null;
  return [
    `/${name}`,
    ...(name === 'promote' ? promotion(input, words) : words.map((word) => oneLine(word) ?? '')),
    ...(span === null ? [] : [`for=${span}`]),
    ...given,
    ...(input.flag('dry-run') ? ['--dry-run'] : []),
  ].join(' ');
}

/** Weight and commit, said as words or as options; what is said twice would lose one of the two silently. */
function promotion(input: CliInput, words: readonly string[]): readonly string[] {
  const [named, sha, ...more] = words;
  const [canary, commit] = [input.text('canary'), input.text('commit')];
  if (more.length > 0)
    throw usage(`expected a weight and a commit, found ${words.length} words`, 'see --help');
  if (named !== undefined && canary !== null) {
    throw usage(`the weight is said twice: ${JSON.stringify(named)} and --canary ${canary}`, 'leave one out');
  }
  if (sha !== undefined && commit !== null) {
    throw usage(`the commit is said twice: ${JSON.stringify(sha)} and --commit ${commit}`, 'leave one out');
  }
  if (canary !== null && !/^(next|[1-9]\d?|100)$/.test(canary)) {
    throw usage(`expected 1 to 100 or next, found ${JSON.stringify(canary)}`, 'give --canary 10');
  }
  if (commit !== null && !/^[0-9a-f]{7,64}$/.test(commit)) {
    throw usage(`expected a commit sha, found ${JSON.stringify(commit)}`, 'git rev-parse <ref>');
  }
  const expected = sha ?? commit;
  return [named ?? canary ?? 'next', ...(expected === null ? [] : [expected])].map(
    (word) => oneLine(word) ?? '',
  );
}

/** What the Conductor would answer with a usage reply is refused here, in the same words. */
function checkGrammar(text: string, place: Place): void {
  const parsed = parseComment(text, place);
  if (parsed.kind === 'problem') throw usage(`${parsed.message} (${parsed.code})`, 'see --help');
}

interface Posting {
  readonly repository: string;
  readonly target: Target;
  readonly text: string;
  readonly name: CommandName;
  readonly wait: boolean;
}

async function post(api: GithubApi, posting: Posting, world: CliWorld): Promise<number> {
  const { repository, target, text } = posting;
  const issue =
    target.place === 'release'
      ? (await findTrackingIssue(api, repository, target.key)).number
      : Number(target.key);
  const path = `/repos/${repository}/issues/${issue}/comments`;
  const answer = await api.post(path, { body: text });
  const { html_url: url, id } = z.object({ html_url: z.string(), id: z.int().optional() }).parse(answer);
  world.print(`${text} → ${url}`);
  return posting.wait && id !== undefined ? waitForReply(api, path, `reply/${id}/${posting.name}`, world) : 0;
}

const patience = { turns: 60, pause: 1_000 };

/** The one reply of the command, once it says more than that it waits. */
async function waitForReply(api: GithubApi, path: string, key: string, world: CliWorld): Promise<number> {
  for (let turn = 0; turn < patience.turns; turn++) {
    await sleep(patience.pause);
    const comments = z
      .array(z.object({ body: z.string().nullish(), user: z.object({ type: z.string() }).nullish() }))
      .parse((await api.get(`${path}?per_page=100&sort=created&direction=desc`)) ?? []);
    const found = comments.find(
      ({ body, user }) => user?.type === 'Bot' && body?.startsWith(`<!-- release-conductor:${key} -->`),
    );
    if (found === undefined) continue;
    const reply = found.body?.split('\n').slice(1).join('\n') ?? '';
    world.print(reply);
    return reply.startsWith('❌') || reply.startsWith('❔') ? 1 : 0;
  }
  throw new ProviderError('NO_REPLY', 'the Conductor has not answered within a minute', 'see that it runs', {
    retryable: true,
  });
}

/** Nothing was asked of anybody: that is not success. */
function tell(world: CliWorld, repository: string, { place, key }: Target, text: string): number {
  const where = place === 'release' ? `the issue "Release ${key}"` : `the pull request #${key}`;
  world.note('GITHUB_TOKEN is not set, so nothing was posted.');
  world.note(`Write this on ${where} of ${repository}, or set GITHUB_TOKEN:`);
  world.print(text);
  return 2;
}

/** A reason is one line: a second one would be read as prose, or as a second command. */
function oneLine(text: string | null): string | null {
  if (text === null || !/[\r\n]/.test(text)) return text;
  throw usage('the reason has several lines', 'write it in one line');
}

function usage(message: string, help: string): InputError {
  return new InputError('USAGE', message, help);
}

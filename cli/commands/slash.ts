import { z } from 'zod';
import { InputError } from '../../core/errors.ts';
import type { CliCommand, CliInput, CliWorld } from '../command.ts';
import { githubApi, repositoryOf } from '../github.ts';
import { findTrackingIssue } from '../tracking-issue.ts';

/**
 * Commands that speak to the Conductor as a person does, by a comment on the release's issue: so that they are
 * authorised, decided and recorded in one place, whoever types them where.
 */
export const promoteCommand = slashCommand({
  name: 'promote',
  description: 'Asks the Conductor to take a release to its next step.',
  options: {
    canary: { value: '10|50|100|next', help: 'percent of traffic; default: next' },
    commit: { value: 'SHA', help: 'refuse if the release is at another commit' },
  },
  examples: [
    ['promote v1.4.0 --canary 10 --repo acme/shop', 'the first step'],
    ['promote v1.4.0', 'the next step'],
  ],
  comment(input) {
    const weight = input.text('canary') ?? 'next';
    if (!/^(next|[1-9]\d?|100)$/.test(weight)) {
      throw new InputError(
        'USAGE',
        `expected 1 to 100 or next, found ${JSON.stringify(weight)}`,
        'give --canary 10',
      );
    }
    const commit = input.text('commit');
    if (commit !== null && !/^[0-9a-f]{7,64}$/.test(commit)) {
      throw new InputError(
        'USAGE',
        `expected a commit sha, found ${JSON.stringify(commit)}`,
        'git rev-parse <ref>',
      );
    }
    return ['/promote', weight, commit].filter((part) => part !== null).join(' ');
  },
});

export const rollbackCommand = slashCommand({
  name: 'rollback',
  description: 'Asks the Conductor to send traffic back to the last verified version.',
  options: { reason: { value: 'TEXT', help: 'why; it is recorded' } },
  examples: [['rollback v1.4.0 --reason "checkout is slow" --repo acme/shop', 'back at once']],
  comment: (input) => ['/rollback', oneLine(input.text('reason'))].filter(Boolean).join(' '),
});

export const holdCommand = slashCommand({
  name: 'hold',
  description: 'Asks the Conductor to promote nothing until `resume`.',
  options: { reason: { value: 'TEXT', help: 'why; it is recorded' } },
  examples: [['hold v1.4.0 --reason "waiting for the data team"', 'nothing moves until resume']],
  comment: (input) => ['/hold', oneLine(input.text('reason'))].filter(Boolean).join(' '),
});

export const resumeCommand = slashCommand({
  name: 'resume',
  description: 'Asks the Conductor to end a hold.',
  options: {},
  examples: [['resume v1.4.0', 'after `hold`']],
  comment: () => '/resume',
});

interface SlashCommand {
  readonly name: string;
  readonly description: string;
  readonly options: CliCommand['options'];
  readonly examples: CliCommand['examples'];
  comment(input: CliInput): string;
}

function slashCommand({ name, description, options, examples, comment }: SlashCommand): CliCommand {
  return {
    usage: 'TAG [options]',
    description: [
      description,
      'Posts the command as a comment on the issue "Release TAG", as whom GITHUB_TOKEN belongs to.',
      'Without a token it prints what to write there. The answer comes on the issue.',
    ].join('\n'),
    options: { ...options, repo: { value: 'OWNER/REPO', help: 'default: GITHUB_REPOSITORY' } },
    examples,
    async run(input, world) {
      const tag = tagOf(input, name);
      const text = comment(input);
      const repository = repositoryOf(input.text('repo'), world);
      return world.env.GITHUB_TOKEN ? post(world, repository, tag, text) : tell(world, repository, tag, text);
    },
  };
}

function tagOf(input: CliInput, name: string): string {
  const [tag, ...more] = input.args;
  if (tag !== undefined && more.length === 0) return tag;
  throw new InputError('USAGE', 'expected one tag', `release-conductor ${name} v1.4.0`);
}

async function post(world: CliWorld, repository: string, tag: string, text: string): Promise<number> {
  const api = githubApi(world, world.env.GITHUB_TOKEN);
  const issue = await findTrackingIssue(api, repository, tag);
  const answer = await api.post(`/repos/${repository}/issues/${issue.number}/comments`, { body: text });
  const { html_url } = z.object({ html_url: z.string() }).parse(answer);
  world.print(`${text} → ${html_url}`);
  return 0;
}

/** Nothing was asked of anybody: that is not success. */
function tell(world: CliWorld, repository: string, tag: string, text: string): number {
  world.note('GITHUB_TOKEN is not set, so nothing was posted.');
  world.note(`Write this on the issue "Release ${tag}" of ${repository}, or set GITHUB_TOKEN:`);
  world.print(text);
  return 2;
}

/** A reason is one line: a second one would be read as prose, or as a second command. */
function oneLine(text: string | null): string | null {
  if (text === null || !/[\r\n]/.test(text)) return text;
  throw new InputError('USAGE', 'the reason has several lines', 'write it in one line');
}

import { githubApi } from '../../adapters/github/rest.ts';
import { ProviderError } from '../../core/errors.ts';
import type { CliCommand, CliWorld } from '../command.ts';
import { conductorHeaders } from '../conductor.ts';
import { repositoryOf } from '../github.ts';
import { harmless } from '../render-gate.ts';
import { findTrackingIssue } from '../tracking-issue.ts';

export const statusCommand: CliCommand = {
  usage: '[TAG] [options]',
  description: [
    'Shows where releases stand: from the Conductor at CONDUCTOR_URL as JSON, else the status table of the issue',
    '"Release TAG" on GitHub.',
  ].join('\n'),
  options: { repo: { value: 'OWNER/REPO', help: 'default: GITHUB_REPOSITORY' } },
  examples: [
    ['status v1.4.0 --repo acme/shop', 'the status table of that release'],
    ['status | jq .', 'every release, with CONDUCTOR_URL set'],
  ],
  async run(input, world) {
    const [tag] = input.args;
    const conductor = world.env.CONDUCTOR_URL;
    if (conductor) {
      const path = tag === undefined ? '/v1/releases' : `/v1/releases/${encodeURIComponent(tag)}`;
      const repository = input.text('repo') ?? world.env.GITHUB_REPOSITORY;
      const query = repository ? `?${new URLSearchParams({ repository })}` : '';
      world.print(await readFromConductor(world, `${conductor.replace(/\/$/, '')}${path}${query}`));
      return 0;
    }
    const repository = repositoryOf(input.text('repo'), world);
    if (tag === undefined) {
      world.note('give a TAG, or set CONDUCTOR_URL to list every release');
      return 2;
    }
    const issue = await findTrackingIssue(githubApi(world, world.env.GITHUB_TOKEN), repository, tag);
    world.print(
      harmless(`${issue.title} (${issue.state}) ${issue.html_url}\n\n${issue.body ?? ''}`.trimEnd()),
    );
    return 0;
  },
};

async function readFromConductor(world: CliWorld, url: string): Promise<string> {
  try {
    const answer = await world.fetch(url, {
      headers: conductorHeaders(world),
      signal: AbortSignal.timeout(15_000),
    });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return JSON.stringify(await answer.json(), null, 2);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new ProviderError(
      'CONDUCTOR_UNAVAILABLE',
      `${url} gave no answer (${words})`,
      'check CONDUCTOR_URL, CONDUCTOR_TOKEN and the tag',
      {
        retryable: true,
        cause,
      },
    );
  }
}

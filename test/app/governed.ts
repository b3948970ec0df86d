import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { configPath } from '../../core/config/parse.ts';
import type { AtEnd } from '../support/postgres.ts';
import { commitFiles, eventually, repository, startWorld, type World } from './world.ts';

export async function currentConfig(world: World): Promise<string> {
  const { data } = await world.alice.rest.repos.getContent({ ...repository, path: configPath });
  return Buffer.from((data as { content: string }).content, 'base64').toString();
}

/** A pull request with these files. */
export async function propose(world: World, branch: string, files: Readonly<Record<string, string>>) {
  const sha = await commitFiles(world.alice, branch, files);
  const pull = { ...repository, head: branch, base: 'main', title: branch };
  const { number } = (await world.alice.rest.pulls.create(pull)).data;
  return { sha, number };
}

/** A pull request that proposes this config, with owners for what decides about releases. */
export function proposeConfig(world: World, config: string, branch: string) {
  const owners = '.github/ @acme/release-managers\n';
  return propose(world, branch, { [configPath]: config, '.github/CODEOWNERS': owners });
}

export async function policyCheck(world: World, sha: string) {
  const asked = { ...repository, ref: sha, check_name: 'policy-ci' };
  return (await world.alice.rest.checks.listForRef(asked)).data.check_runs[0] ?? null;
}

/** What the check of a pull request says, once it carries the plan. */
export function planOf(world: World, sha: string): Promise<string> {
  return eventually(async () => {
    const summary = (await policyCheck(world, sha))?.output.summary ?? '';
    return /, plan `|as the config says/.test(summary) ? summary : null;
  });
}

export async function merge({ alice }: World, pull_number: number): Promise<void> {
  await alice.rest.pulls.merge({ ...repository, pull_number });
}

/** A world whose repository follows these rules, by a pull request that was merged. */
export async function governed(rules: string, atEnd?: AtEnd): Promise<World> {
  const world = await startWorld({}, undefined, atEnd);
  const { sha, number } = await proposeConfig(world, `${await currentConfig(world)}${rules}`, 'rules');
  await planOf(world, sha);
  await merge(world, number);
  await eventually(async () => ((await stateOf(world))?.goodAt == null ? null : true));
  return world;
}

/** What the Conductor remembers of the rules. */
export async function stateOf(
  world: World,
): Promise<{ goodAt: number | null; lookingSince: number | null } | undefined> {
  const rows = await world.query<{ state: { goodAt: number | null; lookingSince: number | null } }>(
    "select state from aggregates where kind = 'governance'",
  );
  return rows[0]?.state;
}

/** Open issues that tell of drift. */
export async function openIssues(world: World): Promise<{ number: number; body: string }[]> {
  const { data } = await world.alice.rest.issues.listForRepo({ ...repository, state: 'open' });
  return data
    .filter(
      ({ title, pull_request: pull }) =>
        pull === undefined && title.startsWith('The rules of this repository'),
    )
    .map(({ number, body }) => ({ number, body: body ?? '' }));
}

/** Takes every webhook and does nothing with it: for GitHub it was delivered, and nobody asks for it again. */
export async function webhooksOff(world: World): Promise<void> {
  const server = createServer((_request, response) => response.writeHead(202).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  world.github.setWebhookUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

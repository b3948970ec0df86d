import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { checkNameOf, gateNames } from '../core/gate/names.ts';
import { GithubClient } from './client.ts';
import { type LocalGithub, startGithub } from './github/index.ts';
import type { Platform } from './platform/index.ts';
import {
  loadOrganisation,
  loadVariant,
  type OrganisationVariables,
  type Variant,
  variants,
} from './seed/organisation.ts';

export const repository = 'acme/shop';
export const firstVersion = 'v1.0.0';
/** Where the shop keeps its feature flags: in a branch of their own, as its main branch demands checks. */
export const flagsFile = { path: 'flags/production.json', branch: 'flags' } as const;

/** GitHub, with the people and the repository of the company. */
export async function startOrganisation(variables: OrganisationVariables): Promise<LocalGithub> {
  const manifest = parse(await readFile(new URL('../app.yml', import.meta.url), 'utf8'));
  return await startGithub({
    organisation: 'acme',
    users: [
      { login: 'mona', role: 'write' },
      { login: 'ada', role: 'admin' },
    ],
    teams: [{ slug: 'on-call', members: ['ada'] }],
    repository: { name: 'shop', files: await loadOrganisation(variables) },
    app: { permissions: manifest.default_permissions, events: manifest.default_events },
    print: () => {},
  });
}

/** A developer and the release lead, as clients of GitHub. */
export function peopleOf(github: LocalGithub): [GithubClient, GithubClient] {
  const as = (login: string): GithubClient =>
    new GithubClient(
      github.apiUrl,
      repository,
      github.users.find((user) => user.login === login)?.token ?? '',
    );
  return [as('mona'), as('ada')];
}

/** What was there before the Conductor came: a published release that runs in both environments. */
export async function installFirstVersion(
  github: LocalGithub,
  platform: Platform,
  lead: GithubClient,
  directory: string,
): Promise<void> {
  const sha = await lead.headOf('main');
  await lead.tag(firstVersion, sha);
  await lead.expect('POST', '/git/refs', { ref: `refs/heads/${flagsFile.branch}`, sha });
  await lead.expect('POST', '/releases', { tag_name: firstVersion, name: firstVersion, draft: false });
  const checkout = join(directory, 'first-version');
  await rm(checkout, { recursive: true, force: true });
  await mkdir(checkout, { recursive: true });
  await github.checkout(repository, sha, checkout);
  for (const environment of ['stage', 'production']) {
    await platform.install({
      environment,
      version: firstVersion,
      sha,
      directory: checkout,
      weights: { [firstVersion]: 100 },
    });
  }
}

/** The ruleset that makes the gates binding: five checks, from this App and nobody else. */
export async function requirePinnedChecks(lead: GithubClient, appId: number): Promise<void> {
  await lead.expect('POST', '/rulesets', {
    name: 'gates',
    target: 'branch',
    enforcement: 'active',
    bypass_actors: [],
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: false,
          required_status_checks: gateNames.map((gate) => ({
            context: checkNameOf[gate],
            integration_id: appId,
          })),
        },
      },
      { type: 'non_fast_forward' },
      { type: 'deletion' },
    ],
  });
}

/** Files of the changes that the scenarios push. */
export async function readVariants(
  variables: OrganisationVariables,
): Promise<ReadonlyMap<Variant, ReadonlyMap<string, string>>> {
  const entries = variants.map(async (name) => {
    const files = await loadVariant(name, variables);
    return [
      name,
      new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('utf8')])),
    ] as const;
  });
  return new Map(await Promise.all(entries));
}

import { z } from 'zod';
import { type GithubShell, githubApi } from '../adapters/github/rest.ts';
import { InputError } from '../core/errors.ts';
import { installationToken } from './doctor/app.ts';
import { examine, type Finding, type Patient } from './doctor/check.ts';
import { connectionChecks, repositoryChecks } from './doctor/checks.ts';

export {
  type Diagnosis,
  type DoctorCheck,
  examine,
  type Finding,
  ok,
  problem,
  skipped,
  unknown,
} from './doctor/check.ts';

export { sharedRequests } from './doctor/shared-requests.ts';

/** What was found about one thing: GitHub and the App, or a repository. */
export interface Examined {
  readonly subject: string;
  readonly findings: readonly Finding[];
}

/** Whom the doctor looks at. */
export type Scope =
  | { readonly kind: 'repository'; readonly repository: string | null; readonly folder: string | null }
  /** Every repository of the owner that the App is installed on. */
  | { readonly kind: 'organisation'; readonly owner: string };

/**
 * What is missing between here, GitHub and the repositories, and what to do about it. Nothing is changed. The token is
 * `GITHUB_TOKEN`, else one of the App's installation there.
 */
export async function examineGithub(
  shell: GithubShell,
  scope: Scope,
  now: () => number = Date.now,
): Promise<readonly Examined[]> {
  const installed = scope.kind === 'organisation' ? await installedOf(shell, scope.owner) : null;
  const repositories = scope.kind === 'repository' ? [scope.repository] : (installed?.names ?? []);
  const [first = null] = repositories;
  const folder = scope.kind === 'repository' ? scope.folder : null;
  const patientOf = async (repository: string | null): Promise<Patient> => ({
    ...shell,
    repository,
    folder,
    now,
    token: shell.env.GITHUB_TOKEN || (installed?.token ?? (await tokenFor(shell, repository))),
  });
  const examined: readonly Examined[] = [
    { subject: 'GitHub', findings: await examine(connectionChecks, await patientOf(first)) },
  ];
  const each = await inOrder(repositories, mostAtOnce, async (repository) => ({
    subject: repository ?? 'this folder',
    findings: await examine(repositoryChecks, await patientOf(repository)),
  }));
  return [...examined, ...each];
}

/** Repositories looked at side by side. */
const mostAtOnce = 5;

/** At most so many at once; the results stand in the order of the items. */
async function inOrder<Item, Result>(
  items: readonly Item[],
  most: number,
  each: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const open = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of open) results[index] = await each(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}

/** Whether a report holds a problem, and whether something could not be asked. */
export function summaryOf(examined: readonly Examined[]): {
  readonly problems: number;
  readonly unknown: number;
} {
  const states = examined.flatMap(({ findings }) => findings.map(({ state }) => state));
  const count = (wanted: Finding['state']): number => states.filter((state) => state === wanted).length;
  return { problems: count('problem'), unknown: count('unknown') };
}

async function tokenFor(shell: GithubShell, repository: string | null): Promise<string> {
  if (repository === null) return '';
  // Whatever is wrong with the App is told by the check that is about it.
  return (await installationToken(shell, `/repos/${repository}/installation`).catch(() => null)) ?? '';
}

/** The repositories of an owner, and the token of the App's installation that listed them. */
async function installedOf(
  shell: GithubShell,
  owner: string,
): Promise<{ readonly names: readonly string[]; readonly token: string | null }> {
  const token = await installationToken(shell, `/orgs/${owner}/installation`);
  const listed =
    token === null
      ? null
      : await githubApi(shell, token).list('/installation/repositories', { member: 'repositories' });
  if (listed === null) {
    throw new InputError(
      'NOT_INSTALLED',
      `the App is not installed in ${owner}, or APP_ID and PRIVATE_KEY are not of it`,
      'set APP_ID and PRIVATE_KEY, and install the App there',
    );
  }
  const names = z
    .array(z.object({ full_name: z.string(), archived: z.boolean().default(false) }))
    .parse(listed)
    .filter(({ archived }) => !archived)
    .map(({ full_name: name }) => name)
    .toSorted();
  return { names, token };
}

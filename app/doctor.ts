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
  const repositories =
    scope.kind === 'repository' ? [scope.repository] : await installedOf(shell, scope.owner);
  const [first = null] = repositories;
  const folder = scope.kind === 'repository' ? scope.folder : null;
  const patientOf = async (repository: string | null): Promise<Patient> => ({
    ...shell,
    repository,
    folder,
    now,
    token: await tokenFor(shell, repository),
  });
  const examined: Examined[] = [
    { subject: 'GitHub', findings: await examine(connectionChecks, await patientOf(first)) },
  ];
  for (const repository of repositories) {
    const findings = await examine(repositoryChecks, await patientOf(repository));
    examined.push({ subject: repository ?? 'this folder', findings });
  }
  return examined;
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
  if (shell.env.GITHUB_TOKEN) return shell.env.GITHUB_TOKEN;
  if (repository === null) return '';
  // Whatever is wrong with the App is told by the check that is about it.
  return (await installationToken(shell, `/repos/${repository}/installation`).catch(() => null)) ?? '';
}

async function installedOf(shell: GithubShell, owner: string): Promise<readonly string[]> {
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
  return z
    .array(z.object({ full_name: z.string(), archived: z.boolean().default(false) }))
    .parse(listed)
    .filter(({ archived }) => !archived)
    .map(({ full_name: name }) => name)
    .toSorted();
}

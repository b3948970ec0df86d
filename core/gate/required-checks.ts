import type { BranchRules } from '../ports/branch-rules.ts';
import { checkNameOf } from './names.ts';

/** GitHub Actions: a check pinned to it can be satisfied by any workflow, also one edited in the pull request. */
const githubActions = 15_368;

export interface CheckProblem {
  readonly code: 'required-check-not-pinned' | 'required-check-missing';
  readonly message: string;
  readonly help: string;
}

/**
 * What is wrong with the required checks of a branch: each must be pinned to an app, those of ours to the Conductor,
 * and each of `wanted` must be among them. `appId` null: which app the Conductor is, is not known.
 */
export function problemsOfChecks(
  { branch, requiredChecks }: Pick<BranchRules, 'branch' | 'requiredChecks'>,
  wanted: readonly string[],
  appId: number | null,
): readonly CheckProblem[] {
  const ours: readonly string[] = Object.values(checkNameOf);
  const app = appId ?? 'of the Conductor';
  const loose = requiredChecks.flatMap(({ name, appId: pin, by }): readonly CheckProblem[] => {
    const owner = ours.includes(name) ? 'the App' : 'the app that sets it';
    const id = ours.includes(name) ? `${by === 'ruleset' ? 'integration_id' : 'app_id'} ${app}` : 'its id';
    const problem = (words: string): CheckProblem => ({
      code: 'required-check-not-pinned',
      message: `${name} on ${branch} is ${words}`,
      help:
        by === 'ruleset'
          ? `pin it to ${owner} (${id}) in the ruleset`
          : `pin it to ${owner} (${id}) in the branch protection of ${branch}, or require it by a ruleset and take it out there`,
    });
    if (pin === null) return [problem('not pinned: anybody with write access can set it')];
    if (!ours.includes(name)) return [];
    if (pin === githubActions) return [problem('pinned to GitHub Actions: any workflow can satisfy it')];
    return appId !== null && pin !== appId ? [problem(`pinned to app ${pin}`)] : [];
  });
  const missing = wanted
    .filter((check) => !requiredChecks.some(({ name }) => name === check))
    .map(
      (check): CheckProblem => ({
        code: 'required-check-missing',
        message: `${check} is not required on ${branch}`,
        help: 'add it to the required checks of a ruleset',
      }),
    );
  return [...loose, ...missing];
}

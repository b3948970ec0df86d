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
  const help = `pin it to the App (integration_id ${appId ?? 'of the Conductor'}) in the ruleset`;
  const loose = requiredChecks.flatMap(({ name, appId: pin }): readonly CheckProblem[] => {
    const problem = (words: string): CheckProblem => ({
      code: 'required-check-not-pinned',
      message: `${name} on ${branch} is ${words}`,
      help,
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

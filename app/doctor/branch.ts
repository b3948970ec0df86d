import { githubRules } from '../../adapters/node-io/branch-rules.ts';
import { checkNameOf } from '../../core/gate/names.ts';
import { problemsOfChecks } from '../../core/gate/required-checks.ts';
import type { BranchRules, BranchRulesRead } from '../../core/ports/branch-rules.ts';
import { type Diagnosis, ok, type Patient, problem, skipped, unknown } from './check.ts';

/** What GitHub enforces on the default branch, read once for all checks that look at it. */
export function branchRulesOf(patient: Patient, repository: string): Promise<BranchRulesRead> {
  const known = read.get(patient);
  if (known !== undefined) return known;
  const answer = githubRules(patient.token, patient.env, patient.fetch)(repository, null);
  read.set(patient, answer);
  return answer;
}

const read = new WeakMap<Patient, Promise<BranchRulesRead>>();

async function judged(
  patient: Patient,
  judge: (rules: BranchRules) => readonly Diagnosis[],
): Promise<readonly Diagnosis[]> {
  const { repository } = patient;
  if (repository === null) return [skipped('name a repository with --repo')];
  const found = await branchRulesOf(patient, repository);
  if (found.state === 'read') return judge(found.rules);
  return [
    unknown(`${repository} cannot be seen: ${found.reason}`, 'set GITHUB_TOKEN to a token that may read it'),
  ];
}

/** Required checks, by rulesets of whichever level and by classic protection. */
export function requiredChecks(patient: Patient): Promise<readonly Diagnosis[]> {
  return judged(patient, (rules) => judgeChecks(rules, Number(patient.env.APP_ID) || null));
}

/** Every required check is pinned to the Conductor, and every check of ours is required. */
export function judgeChecks(
  rules: Pick<BranchRules, 'branch' | 'requiredChecks'>,
  appId: number | null,
): readonly Diagnosis[] {
  const found = problemsOfChecks(rules, ours, appId).map(({ message, help }) => problem(message, help));
  if (found.length > 0) return found;
  const words = `all ${ours.length} are required on ${rules.branch} and pinned`;
  return [appId === null ? unknown(`${words}, to which App is not known`, 'set APP_ID') : ok(words)];
}

const ours: readonly string[] = Object.values(checkNameOf);

/** Classic protection beside the rulesets: what of it stops every merge, and who goes past it. */
export function branchProtection(patient: Patient): Promise<readonly Diagnosis[]> {
  return judged(patient, judgeProtection);
}

/** @see branchProtection */
export function judgeProtection({
  branch,
  protection,
  requiredChecks: checks,
}: Pick<BranchRules, 'branch' | 'protection' | 'requiredChecks'>): readonly Diagnosis[] {
  if (protection === null) return [ok(`rulesets alone decide about ${branch}`)];
  const settings = `Settings → Branches → ${branch}`;
  const lock = protection.locked
    ? [problem(`${branch} is locked: nothing can be merged there`, `untick "Lock branch" in ${settings}`)]
    : [];
  const isByRuleset = (name: string): boolean =>
    checks.some((one) => one.name === name && one.by === 'ruleset');
  const alone = [
    ...new Set(
      checks.filter(({ by, name }) => by === 'protection' && !isByRuleset(name)).map(({ name }) => name),
    ),
  ];
  const pass =
    protection.adminsPass === true && alone.length > 0
      ? [
          problem(
            `administrators merge past ${alone.join(', ')}: only the classic protection of ${branch} requires them`,
            `tick "Do not allow bypassing the above settings" in ${settings}, or require them by a ruleset (governance.rulesets can declare it)`,
          ),
        ]
      : [];
  const hidden =
    protection.locked === null
      ? [
          unknown(
            `${branch} has classic protection, and only administrators see all of it`,
            'set GITHUB_TOKEN to a token with Administration: read',
          ),
        ]
      : [];
  const found = [...lock, ...pass, ...hidden];
  return found.length > 0
    ? found
    : [ok(`the classic protection of ${branch} stops nothing that it should not`)];
}

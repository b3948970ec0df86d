import { githubRules } from '../../adapters/node-io/branch-rules.ts';
import { checkNameOf } from '../../core/gate/names.ts';
import { problemsOfChecks } from '../../core/gate/required-checks.ts';
import type { BranchRules } from '../../core/ports/branch-rules.ts';
import { appInOrder, installationInOrder, rateLimit, webhookDeliveries } from './app.ts';
import { type Diagnosis, type DoctorCheck, ok, type Patient, problem, skipped, unknown } from './check.ts';
import { reachable } from './clock.ts';
import { mergeQueue, openWorkflows, organisationConfig, protectedTags } from './repository.ts';

/** What can be wrong between here and GitHub. */
export const connectionChecks: readonly DoctorCheck[] = [
  { name: 'github', look: reachable },
  { name: 'app', look: appInOrder },
  { name: 'webhooks', look: webhookDeliveries },
  { name: 'rate limit', look: rateLimit },
];

/** What can be wrong in a repository. */
export const repositoryChecks: readonly DoctorCheck[] = [
  { name: 'installation', look: installationInOrder },
  { name: 'config in force', look: organisationConfig },
  { name: 'required checks', look: requiredChecks },
  { name: 'merge queue', look: mergeQueue },
  { name: 'tags', look: protectedTags },
  { name: 'workflows', look: openWorkflows },
];

async function requiredChecks({ env, fetch, token, repository }: Patient): Promise<readonly Diagnosis[]> {
  if (repository === null) return [skipped('name a repository with --repo')];
  const read = await githubRules(token, env, fetch)(repository, null);
  if (read.state === 'unread')
    return [
      unknown(`${repository} cannot be seen: ${read.reason}`, 'set GITHUB_TOKEN to a token that may read it'),
    ];
  return judgeChecks(read.rules, Number(env.APP_ID) || null);
}

/** Every required check is pinned to the Conductor, and every check of ours is required. */
export function judgeChecks(
  rules: Pick<BranchRules, 'branch' | 'requiredChecks'>,
  appId: number | null,
): readonly Diagnosis[] {
  const ours = Object.values(checkNameOf);
  const found = problemsOfChecks(rules, ours, appId).map(({ message, help }) => problem(message, help));
  if (found.length > 0) return found;
  const words = `all ${ours.length} are required on ${rules.branch} and pinned`;
  return [appId === null ? unknown(`${words}, to which App is not known`, 'set APP_ID') : ok(words)];
}

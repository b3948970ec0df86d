import { githubRules } from '../../adapters/node-io/branch-rules.ts';
import { checkNameOf } from '../../core/gate/names.ts';
import { problemsOfChecks } from '../../core/gate/required-checks.ts';
import type { BranchRules } from '../../core/ports/branch-rules.ts';
import type { CliWorld } from '../command.ts';
import { appInOrder, rateLimit, webhookDeliveries } from './app.ts';
import { type Diagnosis, type DoctorCheck, ok, type Patient, problem, skipped } from './check.ts';
import { mergeQueue, openWorkflows, protectedTags } from './repository.ts';

/** What can be wrong between here and GitHub. */
export const githubChecks: readonly DoctorCheck[] = [
  { name: 'github', look: async ({ world }) => [await reachable(world)] },
  { name: 'app', look: appInOrder },
  { name: 'webhooks', look: webhookDeliveries },
  { name: 'rate limit', look: rateLimit },
  { name: 'required checks', look: requiredChecks },
  { name: 'merge queue', look: mergeQueue },
  { name: 'tags', look: protectedTags },
  { name: 'workflows', look: openWorkflows },
];

/** GitHub refuses App JWTs of a clock that is more than a minute off. */
const maxSkew = 60_000;

async function reachable({ env, fetch }: CliWorld): Promise<Diagnosis> {
  const root = env.GITHUB_API_URL || 'https://api.github.com';
  const asked = Date.now();
  const answer = await fetch(`${root.replace(/\/$/, '')}/meta`, {
    signal: AbortSignal.timeout(10_000),
  }).catch(() => null);
  if (answer === null)
    return problem(`${root} does not answer`, 'check GITHUB_API_URL, the network and the proxy');
  const skew = Date.parse(answer.headers.get('date') ?? '') - asked;
  if (Math.abs(skew) > maxSkew) {
    return problem(
      `this clock differs from GitHub's by ${Math.round(skew / 1_000)} s`,
      "correct this machine's clock (NTP)",
    );
  }
  return ok(`${root} answers`);
}

async function requiredChecks({ world, repository }: Patient): Promise<readonly Diagnosis[]> {
  if (repository === null) return [skipped('name a repository with --repo')];
  const read = await githubRules(world.env.GITHUB_TOKEN ?? '', world.env, world.fetch)(repository, null);
  if (read.state === 'unread')
    return [
      problem(`${repository} cannot be seen: ${read.reason}`, 'set GITHUB_TOKEN to a token that may read it'),
    ];
  return judgeChecks(read.rules, Number(world.env.APP_ID) || null);
}

/** Every required check is pinned to the Conductor, and every check of ours is required. */
export function judgeChecks(
  rules: Pick<BranchRules, 'branch' | 'requiredChecks'>,
  appId: number | null,
): readonly Diagnosis[] {
  const ours = Object.values(checkNameOf);
  const found = problemsOfChecks(rules, ours, appId).map(({ message, help }) => problem(message, help));
  return found.length === 0 ? [ok(`all ${ours.length} are required on ${rules.branch} and pinned`)] : found;
}

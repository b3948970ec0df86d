import { z } from 'zod';
import { githubApi } from '../../adapters/github/rest.ts';
import type { ClassicProtection } from '../../core/ports/branch-rules.ts';
import { asApp, noCredentials, readInstallation } from './app.ts';
import { branchRulesOf } from './branch.ts';
import { type Diagnosis, ok, type Patient, problem, unknown } from './check.ts';
import { assertSeen, noRepository, unseen } from './repository.ts';

const rulesSchema = z.array(
  z.object({ type: z.string(), parameters: z.object({ merge_method: z.string().optional() }).optional() }),
);

/** A queue whose groups the App cannot see waits for checks that never come, and one may not be able to merge at all. */
export async function mergeQueue(patient: Patient): Promise<readonly Diagnosis[]> {
  const { repository } = patient;
  if (repository === null) return [noRepository];
  const { default_branch: branch } = await assertSeen(repository, patient);
  const github = githubApi(patient, patient.token);
  const listed = await github.list(`/repos/${repository}/rules/branches/${encodeURIComponent(branch)}`);
  if (listed === null) throw unseen(`the rules of ${branch}`);
  const rules = rulesSchema.parse(listed);
  const queue = rules.find(({ type }) => type === 'merge_queue');
  const classic = await classicProtection(patient, repository);
  if (queue === undefined && classic === null) return [ok('there is none')];
  const isLinear = classic?.linear === true || rules.some(({ type }) => type === 'required_linear_history');
  if (isLinear && queue?.parameters?.merge_method === 'MERGE') {
    return [
      problem(
        `the queue of ${branch} makes merge commits, and its history must be linear: nothing is merged`,
        'set its merge method to squash or rebase, or drop the rule of a linear history',
      ),
    ];
  }
  return groupsSeen(patient, repository, branch, queue !== undefined);
}

/** The REST API does not show the queue of a classic branch protection: `isKnown` false. */
async function groupsSeen(
  patient: Patient,
  repository: string,
  branch: string,
  isKnown: boolean,
): Promise<readonly Diagnosis[]> {
  const whose = isKnown ? `${branch} has a merge queue` : `${branch} may have a merge queue`;
  if ((await asApp(patient)) === null) return [noCredentials];
  const granted = await readInstallation(patient, `/repos/${repository}/installation`);
  if (granted === null) return [unknown(`${whose}, and the App is not installed`, 'install the App there')];
  const missing = [
    ...(granted.permissions.merge_queues === undefined ? ['the permission merge_queues: read'] : []),
    ...(granted.events !== undefined && !granted.events.includes('merge_group')
      ? ['the event merge_group']
      : []),
  ];
  if (missing.length === 0) return [ok('the App is told of its groups')];
  const help = 'grant it in the settings of the App, and accept it in each installation';
  const lacks = `the App lacks ${missing.join(' and ')}: groups would wait for ever`;
  return [
    isKnown
      ? problem(`${whose}, and ${lacks}`, help)
      : unknown(`${whose} (its classic protection does not tell), and ${lacks}`, help),
  ];
}

async function classicProtection(patient: Patient, repository: string): Promise<ClassicProtection | null> {
  const read = await branchRulesOf(patient, repository);
  if (read.state === 'unread') throw unseen(`the protection of branches of ${repository}`);
  return read.rules.protection;
}

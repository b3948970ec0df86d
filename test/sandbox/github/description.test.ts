import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalGithub } from '../../../sandbox/github/index.ts';
import {
  asApp,
  asUser,
  commitFiles,
  type Octokit,
  repository,
  startReceiver,
  startSample,
} from './support.ts';

let github: LocalGithub;
let alice: Octokit;
let app: Octokit;
let installation: Octokit;
let hook: Awaited<ReturnType<typeof startReceiver>>;

beforeAll(async () => {
  github = await startSample();
  alice = asUser(github, 'alice');
  ({ app, installation } = asApp(github));
  hook = await startReceiver();
  github.setWebhookUrl(hook.url);
});
afterAll(async () => {
  await hook.close();
  await github.close();
});

const pull_number = 1;
let sha: string;

/** In order: later ones build on what earlier ones made. */
const chapters: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['the App and its installation', aboutTheApp],
  ['a pull request', aboutThePullRequest],
  ['its checks and statuses', aboutChecks],
  ['comments and issues', aboutTalk],
  ['rules and people', aboutRules],
  ['the merge', aboutTheMerge],
  ['tags and deployments', aboutDeployments],
  ['a release', aboutTheRelease],
  ['workflow runs', aboutRuns],
  ['a merge queue', aboutTheQueue],
];

describe('everything that the local GitHub answers and sends', () => {
  it.each(chapters)('about %s is as GitHub’s own description says', async (_, chapter) => {
    const before = github.violations().length;
    await chapter();
    await github.settled();
    expect(github.violations().slice(before)).toEqual([]);
  });
});

async function aboutTheApp(): Promise<void> {
  await app.rest.apps.getAuthenticated();
  await app.rest.apps.listInstallations();
  await app.rest.apps.getRepoInstallation(repository);
  await app.rest.apps.getOrgInstallation({ org: 'acme' });
  await app.rest.apps.getWebhookConfigForApp();
  await app.rest.apps.listWebhookDeliveries();
  await installation.rest.apps.listReposAccessibleToInstallation();
  await installation.rest.rateLimit.get();
  await github.announceInstallation();
}

async function aboutThePullRequest(): Promise<void> {
  sha = await commitFiles(alice, 'feature', { 'a.txt': 'a', 'dir/b.txt': 'b' });
  await alice.rest.pulls.create({ ...repository, title: 'Feature', head: 'feature', base: 'main' });
  const pull = { ...repository, pull_number };
  await alice.rest.pulls.update({ ...pull, title: 'A feature' });
  await installation.rest.pulls.get(pull);
  await installation.rest.pulls.list(repository);
  await installation.rest.pulls.listFiles(pull);
  await installation.rest.pulls.listCommits(pull);
  await installation.rest.pulls.listReviews(pull);
  await installation.rest.issues.get({ ...repository, issue_number: pull_number });
  await installation.rest.repos.listPullRequestsAssociatedWithCommit({ ...repository, commit_sha: sha });
  await installation.rest.repos.get(repository);
  await installation.rest.repos.getCommit({ ...repository, ref: sha });
  await installation.rest.repos.listCommits(repository);
  await installation.rest.repos.compareCommitsWithBasehead({ ...repository, basehead: `main...${sha}` });
  await installation.rest.repos.getContent({ ...repository, path: 'a.txt', ref: sha });
  await installation.rest.repos.listBranches(repository);
  await installation.rest.repos.getBranch({ ...repository, branch: 'main' });
  await installation.rest.git.getTree({ ...repository, tree_sha: sha, recursive: '1' });
  await installation.rest.git.getRef({ ...repository, ref: 'heads/main' });
}

async function aboutChecks(): Promise<void> {
  const check = { ...repository, name: 'slo-gates', head_sha: sha, status: 'in_progress' as const };
  const { data } = await installation.rest.checks.create(check);
  const annotation = { path: 'a.txt', start_line: 1, end_line: 1, message: 'm' };
  await installation.rest.checks.update({
    ...repository,
    check_run_id: data.id,
    conclusion: 'success',
    output: { title: 't', summary: 's', annotations: [{ ...annotation, annotation_level: 'failure' }] },
  });
  await installation.rest.checks.get({ ...repository, check_run_id: data.id });
  await installation.rest.checks.listAnnotations({ ...repository, check_run_id: data.id });
  await installation.rest.checks.listForRef({ ...repository, ref: sha });
  await installation.rest.checks.listSuitesForRef({ ...repository, ref: sha });
  const suite = { ...repository, check_suite_id: data.check_suite?.id ?? 0 };
  await installation.rest.checks.getSuite(suite);
  await installation.rest.checks.rerequestSuite(suite);
  await alice.rest.repos.createCommitStatus({ ...repository, sha, state: 'success', context: 'ci' });
  await installation.rest.repos.getCombinedStatusForRef({ ...repository, ref: sha });
  await installation.rest.repos.listCommitStatusesForRef({ ...repository, ref: sha });
}

async function aboutTalk(): Promise<void> {
  for (const issue_number of [pull_number, (await openIssue()).number]) {
    const comment = { ...repository, issue_number, body: 'text' };
    const { data } = await installation.rest.issues.createComment(comment);
    await installation.rest.issues.updateComment({ ...repository, comment_id: data.id, body: 'other' });
    await installation.rest.issues.getComment({ ...repository, comment_id: data.id });
    const reaction = { ...repository, comment_id: data.id, content: 'eyes' as const };
    await installation.rest.reactions.createForIssueComment(reaction);
    await installation.rest.reactions.listForIssueComment({ ...repository, comment_id: data.id });
    await installation.rest.issues.listComments({ ...repository, issue_number });
    await installation.rest.issues.deleteComment({ ...repository, comment_id: data.id });
  }
  await installation.rest.issues.listForRepo({ ...repository, state: 'all', labels: 'release' });
}

async function openIssue() {
  const { data } = await installation.rest.issues.create({ ...repository, title: 'R', labels: ['release'] });
  const issue = { ...repository, issue_number: data.number };
  await installation.rest.issues.update({ ...issue, body: 'live' });
  await installation.rest.issues.update({ ...issue, state: 'closed' });
  await installation.rest.issues.update({ ...issue, state: 'open' });
  return data;
}

async function aboutRules(): Promise<void> {
  const required = {
    strict_required_status_checks_policy: false,
    required_status_checks: [{ context: 'ci' }],
  };
  const { data } = await alice.rest.repos.createRepoRuleset({
    ...repository,
    name: 'main',
    enforcement: 'active',
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [{ type: 'deletion' }, { type: 'required_status_checks', parameters: required }],
  });
  const ruleset = { ...repository, ruleset_id: data.id };
  await alice.rest.repos.getRepoRuleset(ruleset);
  await alice.rest.repos.getRepoRulesets(repository);
  await installation.rest.repos.getBranchRules({ ...repository, branch: 'main' });
  await alice.rest.repos.updateRepoRuleset({ ...ruleset, enforcement: 'disabled' });
  await alice.rest.repos.deleteRepoRuleset(ruleset);
  await installation.rest.repos.getCollaboratorPermissionLevel({ ...repository, username: 'mia' });
  await installation.rest.repos.listCollaborators(repository);
  const team = { org: 'acme', team_slug: 'release-managers' };
  await installation.rest.teams.getMembershipForUserInOrg({ ...team, username: 'alice' });
  await installation.rest.teams.listMembersInOrg(team);
  await installation.rest.teams.getByName(team);
  await installation.rest.teams.list({ org: 'acme' });
}

async function aboutTheMerge(): Promise<void> {
  await alice.rest.pulls.createReview({ ...repository, pull_number, event: 'APPROVE' });
  await alice.rest.pulls.merge({ ...repository, pull_number });
  await installation.rest.pulls.checkIfMerged({ ...repository, pull_number });
  await installation.rest.pulls.get({ ...repository, pull_number });
}

async function aboutDeployments(): Promise<void> {
  const { data: main } = await installation.rest.git.getRef({ ...repository, ref: 'heads/main' });
  const { data: tag } = await alice.rest.git.createTag({
    ...repository,
    tag: 'v1.0.0',
    message: 'v1.0.0',
    object: main.object.sha,
    type: 'commit',
  });
  await alice.rest.git.createRef({ ...repository, ref: 'refs/tags/v1.0.0', sha: tag.sha });
  await installation.rest.git.getTag({ ...repository, tag_sha: tag.sha });
  await installation.rest.git.listMatchingRefs({ ...repository, ref: 'tags/v' });
  const { data } = await installation.rest.repos.createDeployment({
    ...repository,
    ref: main.object.sha,
    environment: 'stage',
    required_contexts: [],
    payload: { schema_version: 1 },
  });
  const deployment_id = 'id' in data ? data.id : 0;
  const deployment = { ...repository, deployment_id };
  await installation.rest.repos.createDeploymentStatus({
    ...deployment,
    state: 'success',
    description: 'up',
  });
  await installation.rest.repos.listDeploymentStatuses(deployment);
  await installation.rest.repos.getDeployment(deployment);
  await installation.rest.repos.listDeployments(repository);
  await alice.rest.repos.createOrUpdateEnvironment({ ...repository, environment_name: 'production' });
  await installation.rest.repos.getAllEnvironments(repository);
}

async function aboutTheRelease(): Promise<void> {
  const { data } = await installation.rest.repos.createRelease({
    ...repository,
    tag_name: 'v1.0.0',
    draft: true,
  });
  const { data: asset } = (await installation.request({
    method: 'POST',
    url: data.upload_url,
    name: 'evidence.zip',
    headers: { 'content-type': 'application/zip' },
    data: Buffer.from('zip'),
  })) as { data: { id: number } };
  const release = { ...repository, release_id: data.id };
  await installation.rest.repos.listReleaseAssets(release);
  await installation.rest.repos.getReleaseAsset({ ...repository, asset_id: asset.id });
  await installation.rest.repos.updateRelease({ ...release, draft: false, body: 'notes' });
  await installation.rest.repos.getRelease(release);
  await installation.rest.repos.getReleaseByTag({ ...repository, tag: 'v1.0.0' });
  await installation.rest.repos.getLatestRelease(repository);
  await installation.rest.repos.listReleases(repository);
}

async function aboutRuns(): Promise<void> {
  const workflow = { path: '.github/workflows/gates.yml', name: 'gates', headBranch: 'feature' };
  const run = await github.createRun('acme/shop', { ...workflow, headSha: sha, event: 'pull_request' });
  await github.updateRun('acme/shop', run.id, 'in_progress', null);
  await github.updateRun('acme/shop', run.id, 'completed', 'success');
  await github.uploadArtifact('acme/shop', run.id, 'results', Buffer.from('zip'));
  await installation.rest.actions.getWorkflowRun({ ...repository, run_id: run.id });
  await installation.rest.actions.listWorkflowRunsForRepo(repository);
  await installation.rest.actions.listWorkflowRunArtifacts({ ...repository, run_id: run.id });
}

async function aboutTheQueue(): Promise<void> {
  await commitFiles(alice, 'queued', { 'queued.txt': 'q' });
  const { data } = await alice.rest.pulls.create({ ...repository, title: 'Q', head: 'queued', base: 'main' });
  const group = await github.createMergeGroup('acme/shop', data.number);
  await github.destroyMergeGroup('acme/shop', group.headSha, 'merged');
  await alice.rest.git.deleteRef({ ...repository, ref: 'heads/queued' });
}

import type { Github } from './github.ts';
import type { Json } from './json.ts';
import { headCommit, nodeId } from './payloads.ts';
import type { CheckRun, CheckSuite } from './records.ts';
import type { CheckSignal } from './rules.ts';
import type { RepositoryState } from './world.ts';

/** A check run that nobody has begun; not yet part of the repository. */
export function queuedCheck(github: Github, suite: CheckSuite, name: string): CheckRun {
  return {
    id: github.world.nextId(),
    suiteId: suite.id,
    appId: suite.appId,
    headSha: suite.headSha,
    name,
    externalId: '',
    detailsUrl: null,
    status: 'queued',
    conclusion: null,
    startedAt: github.now(),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
  };
}

/** The suite of an app on a commit, made when it does not exist yet. */
export function ensureSuite(
  github: Github,
  repository: RepositoryState,
  key: { readonly appId: number; readonly headSha: string; readonly headBranch: string | null },
): CheckSuite {
  for (const suite of repository.suites.values()) {
    if (suite.appId === key.appId && suite.headSha === key.headSha) return suite;
  }
  const at = github.now();
  const suite: CheckSuite = { ...key, id: github.world.nextId(), createdAt: at, updatedAt: at };
  repository.suites.set(suite.id, suite);
  return suite;
}

export function runsOfSuite(repository: RepositoryState, suiteId: number): readonly CheckRun[] {
  return [...repository.checks.values()].filter((run) => run.suiteId === suiteId);
}

/** The newest run of each name in each suite: what GitHub calls `latest`. */
export function latestRuns(runs: Iterable<CheckRun>): readonly CheckRun[] {
  const byName = new Map<string, CheckRun>();
  for (const run of runs) {
    const key = `${run.suiteId}/${run.name}`;
    const known = byName.get(key);
    if (known === undefined || known.id < run.id) byName.set(key, run);
  }
  return [...byName.values()];
}

/** A suite is as bad as its worst latest run, and unfinished while one of them is. */
export function suiteState(runs: readonly CheckRun[]): { status: string; conclusion: string | null } {
  const latest = latestRuns(runs);
  if (latest.length === 0) return { status: 'queued', conclusion: null };
  if (latest.every((run) => run.status === 'completed')) {
    const worst = conclusionsByRank.find((conclusion) => latest.some((run) => run.conclusion === conclusion));
    return { status: 'completed', conclusion: worst ?? 'success' };
  }
  return {
    status: latest.every((run) => run.status === 'queued') ? 'queued' : 'in_progress',
    conclusion: null,
  };
}

const conclusionsByRank = [
  'failure',
  'timed_out',
  'action_required',
  'startup_failure',
  'cancelled',
  'stale',
  'success',
  'neutral',
  'skipped',
];

/** Latest check runs and commit statuses of a commit, as rules look at them. */
export function signalsOf(repository: RepositoryState, sha: string): readonly CheckSignal[] {
  const runs = [...repository.checks.values()].filter((run) => run.headSha === sha);
  const checks = latestRuns(runs).map((run) => ({
    context: run.name,
    appId: run.appId,
    passed:
      run.status === 'completed' && ['success', 'neutral', 'skipped'].includes(run.conclusion ?? 'none'),
  }));
  const statuses = new Map(
    repository.statuses
      .filter((status) => status.sha === sha)
      .map((status) => [`${status.context}/${status.appId}`, status]),
  );
  const statusSignals = [...statuses.values()].map(({ context, appId, state }) => ({
    context,
    appId,
    passed: state === 'success',
  }));
  return [...checks, ...statusSignals];
}

export async function renderCheckRun(
  github: Github,
  repository: RepositoryState,
  run: CheckRun,
): Promise<Json> {
  const api = `${github.url}${repository.path}`;
  return {
    id: run.id,
    node_id: nodeId('CheckRun', run.id),
    head_sha: run.headSha,
    external_id: run.externalId,
    url: `${api}/check-runs/${run.id}`,
    html_url: `${github.url}/${repository.fullName}/runs/${run.id}`,
    details_url: run.detailsUrl ?? `${github.url}/${repository.fullName}/runs/${run.id}`,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${api}/check-runs/${run.id}/annotations`,
    },
    name: run.name,
    check_suite: { id: run.suiteId },
    app: await github.payloads.app(run.appId),
    pull_requests: await pullsOf(github, repository, run.headSha),
  };
}

export async function renderSuite(
  github: Github,
  repository: RepositoryState,
  suite: CheckSuite,
): Promise<Json> {
  const api = `${github.url}${repository.path}`;
  const runs = runsOfSuite(repository, suite.id);
  const commit = await github.git.commit(repository.fullName, suite.headSha);
  return {
    id: suite.id,
    node_id: nodeId('CheckSuite', suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    ...suiteState(runs),
    url: `${api}/check-suites/${suite.id}`,
    before: null,
    after: suite.headSha,
    pull_requests: await pullsOf(github, repository, suite.headSha),
    app: await github.payloads.app(suite.appId),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
    latest_check_runs_count: latestRuns(runs).length,
    check_runs_url: `${api}/check-suites/${suite.id}/check-runs`,
    head_commit: headCommit(commit),
  };
}

/** In webhooks the app goes without its events: GitHub's description does not know all of them there. */
export async function renderSuiteForWebhook(
  github: Github,
  repository: RepositoryState,
  suite: CheckSuite,
): Promise<Json> {
  const rendered = await renderSuite(github, repository, suite);
  const { events: _, ...app } = rendered.app as Json;
  return { ...rendered, app };
}

/** Open pull requests whose head is this commit, in short. */
export async function pullsOf(
  github: Github,
  repository: RepositoryState,
  sha: string,
): Promise<readonly Json[]> {
  const repo = { id: repository.id, url: `${github.url}${repository.path}`, name: repository.name };
  const pulls = [...repository.pulls.values()].filter(
    (pull) => pull.open && pull.headSha === sha && pull.headRepository === repository.fullName,
  );
  return Promise.all(
    pulls.map(async (pull) => ({
      id: pull.number,
      number: pull.number,
      url: `${repo.url}/pulls/${pull.number}`,
      head: { ref: pull.headRef, sha, repo },
      base: {
        ref: pull.baseRef,
        sha: await github.git.resolve(repository.fullName, `heads/${pull.baseRef}`),
        repo,
      },
    })),
  );
}

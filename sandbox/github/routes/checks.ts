import { reads, writes } from '../access.ts';
import { type Call, created, ok } from '../call.ts';
import { announceCheck, announceSuite } from '../check-events.ts';
import { ensureSuite, latestRuns, queuedCheck, renderCheckRun, renderSuite, runsOfSuite } from '../checks.ts';
import { listField, objectField, oneOf, optionalText, textField } from '../fields.ts';
import type { Github } from '../github.ts';
import { appIdOf } from '../identity.ts';
import type { Json } from '../json.ts';
import { page, renderedPage } from '../pages.ts';
import type { CheckRun, CheckSuite } from '../records.ts';
import { forbidden, GithubRefusal, notFound, unprocessable } from '../refusal.ts';
import { onRepository, type Route } from '../route.ts';
import type { RepositoryState } from '../world.ts';

const base = '/repos/{owner}/{repo}';
const statuses = ['queued', 'in_progress', 'completed'] as const;
const conclusions = [
  'action_required',
  'cancelled',
  'failure',
  'neutral',
  'success',
  'skipped',
  'stale',
  'timed_out',
] as const;
/** Limits of the API: annotations in one request, characters of a summary or a text. */
const mostAnnotations = 50;
const longestText = 65_535;

export const checkRoutes: readonly Route[] = [
  onRepository(`POST ${base}/check-runs`, writes('checks'), createCheck),
  onRepository(`GET ${base}/check-runs/{check_run_id}`, reads('checks'), async (call, repository, github) =>
    ok(await renderCheckRun(github, repository, checkOf(call, repository))),
  ),
  onRepository(`PATCH ${base}/check-runs/{check_run_id}`, writes('checks'), updateCheck),
  onRepository(
    `GET ${base}/check-runs/{check_run_id}/annotations`,
    reads('checks'),
    (call, repository, github) => page(call, github.url, checkOf(call, repository).annotations),
  ),
  onRepository(`POST ${base}/check-runs/{check_run_id}/rerequest`, writes('checks'), rerequestCheck),
  onRepository(
    `GET ${base}/check-suites/{check_suite_id}`,
    reads('checks'),
    async (call, repository, github) =>
      ok(await suiteWithRepository(github, repository, suiteOf(call, repository))),
  ),
  onRepository(
    `GET ${base}/check-suites/{check_suite_id}/check-runs`,
    reads('checks'),
    (call, repository, github) =>
      listChecks(call, repository, github, runsOfSuite(repository, suiteOf(call, repository).id)),
  ),
  onRepository(`POST ${base}/check-suites/{check_suite_id}/rerequest`, writes('checks'), rerequestSuite),
  onRepository(`GET ${base}/commits/{ref}/check-runs`, reads('checks'), async (call, repository, github) => {
    const sha = await github.git.resolve(repository.fullName, call.params.ref ?? '');
    const runs = [...repository.checks.values()].filter((run) => run.headSha === sha);
    return listChecks(call, repository, github, runs);
  }),
  onRepository(
    `GET ${base}/commits/{ref}/check-suites`,
    reads('checks'),
    async (call, repository, github) => {
      const sha = await github.git.resolve(repository.fullName, call.params.ref ?? '');
      const suites = [...repository.suites.values()].filter((suite) => suite.headSha === sha);
      const render = (suite: CheckSuite) => suiteWithRepository(github, repository, suite);
      return renderedPage(call, github.url, suites, render, (check_suites) => ({
        total_count: suites.length,
        check_suites,
      }));
    },
  ),
];

async function createCheck(call: Call, repository: RepositoryState, github: Github) {
  const appId = appIdOf(call.who);
  if (appId === null) throw forbidden('You must authenticate via a GitHub App.');
  const headSha = textField(call.body, 'head_sha');
  await assertCommit(github, repository, headSha);
  const branch = [...repository.pulls.values()].find((pull) => pull.headSha === headSha)?.headRef ?? null;
  const suite = ensureSuite(github, repository, { appId, headSha, headBranch: branch });
  const run = queuedCheck(github, suite, textField(call.body, 'name'));
  applyChanges(github, run, call.body);
  repository.checks.set(run.id, run);
  await announceCheck(github, repository, run, 'created', call.who);
  if (run.status === 'completed') await announceCheck(github, repository, run, 'completed', call.who);
  return created(await renderCheckRun(github, repository, run));
}

async function updateCheck(call: Call, repository: RepositoryState, github: Github) {
  const run = checkOf(call, repository);
  if (appIdOf(call.who) !== run.appId) throw forbidden('Resource not accessible by integration');
  const wasCompleted = run.status === 'completed';
  applyChanges(github, run, call.body);
  if (!wasCompleted && run.status === 'completed') {
    await announceCheck(github, repository, run, 'completed', call.who);
  }
  return ok(await renderCheckRun(github, repository, run));
}

function applyChanges(github: Github, run: CheckRun, body: Json): void {
  const output = body.output === undefined ? null : objectField(body, 'output');
  const annotations = output === null ? [] : listField(output, 'annotations');
  if (annotations.length > mostAnnotations)
    throw unprocessable(`at most ${mostAnnotations} annotations in a request`);
  for (const field of ['summary', 'text']) {
    if ((optionalText(output ?? {}, field) ?? '').length > longestText) {
      throw unprocessable(`${field} is longer than ${longestText} characters`);
    }
  }
  if (body.name !== undefined) run.name = textField(body, 'name');
  if (body.external_id !== undefined) run.externalId = optionalText(body, 'external_id') ?? '';
  if (body.details_url !== undefined) run.detailsUrl = optionalText(body, 'details_url');
  if (body.started_at !== undefined) run.startedAt = optionalText(body, 'started_at');
  applyStatus(github, run, body);
  if (output === null) return;
  run.title = optionalText(output, 'title') ?? run.title;
  run.summary = optionalText(output, 'summary') ?? run.summary;
  run.text = optionalText(output, 'text') ?? run.text;
  const blob = `${github.url}/blob/${run.headSha}/`;
  run.annotations.push(
    ...annotations.map((annotation) => ({
      path: annotation.path,
      blob_href: `${blob}${String(annotation.path)}`,
      start_line: annotation.start_line,
      end_line: annotation.end_line,
      start_column: annotation.start_column ?? null,
      end_column: annotation.end_column ?? null,
      annotation_level: annotation.annotation_level,
      title: annotation.title ?? null,
      message: annotation.message,
      raw_details: annotation.raw_details ?? null,
    })),
  );
}

/** A conclusion completes the run; a run that is not completed has none. */
function applyStatus(github: Github, run: CheckRun, body: Json): void {
  if (body.status !== undefined) run.status = oneOf(body, 'status', statuses);
  if (body.conclusion !== undefined && body.conclusion !== null) {
    run.conclusion = oneOf(body, 'conclusion', conclusions);
    run.status = 'completed';
  }
  if (run.status !== 'completed') {
    run.conclusion = null;
    run.completedAt = null;
    return;
  }
  if (run.conclusion === null) throw unprocessable('a completed check run needs a conclusion');
  run.completedAt = optionalText(body, 'completed_at') ?? run.completedAt ?? github.now();
}

async function rerequestCheck(call: Call, repository: RepositoryState, github: Github) {
  const run = checkOf(call, repository);
  await announceCheck(github, repository, run, 'rerequested', call.who);
  return created({});
}

async function rerequestSuite(call: Call, repository: RepositoryState, github: Github) {
  const suite = suiteOf(call, repository);
  await announceSuite(github, repository, suite, 'rerequested', call.who);
  return created({});
}

function listChecks(call: Call, repository: RepositoryState, github: Github, runs: readonly CheckRun[]) {
  const name = call.query.get('check_name');
  const status = call.query.get('status');
  const appId = call.query.get('app_id');
  const chosen = (call.query.get('filter') === 'all' ? runs : latestRuns(runs))
    .filter((run) => name === null || run.name === name)
    .filter((run) => status === null || run.status === status)
    .filter((run) => appId === null || run.appId === Number(appId))
    .toSorted((a, b) => b.id - a.id);
  const render = (run: CheckRun) => renderCheckRun(github, repository, run);
  return renderedPage(call, github.url, chosen, render, (check_runs) => ({
    total_count: chosen.length,
    check_runs,
  }));
}

async function suiteWithRepository(
  github: Github,
  repository: RepositoryState,
  suite: CheckSuite,
): Promise<Json> {
  return {
    ...(await renderSuite(github, repository, suite)),
    repository: await github.payloads.repository(repository),
  };
}

async function assertCommit(github: Github, repository: RepositoryState, sha: string): Promise<void> {
  try {
    await github.git.commit(repository.fullName, sha);
  } catch (error) {
    if (!(error instanceof GithubRefusal)) throw error;
    throw unprocessable(`No commit found for SHA: ${sha}`);
  }
}

function checkOf(call: Call, repository: RepositoryState): CheckRun {
  const run = repository.checks.get(Number(call.params.check_run_id));
  if (run === undefined) throw notFound();
  return run;
}

function suiteOf(call: Call, repository: RepositoryState): CheckSuite {
  const suite = repository.suites.get(Number(call.params.check_suite_id));
  if (suite === undefined) throw notFound();
  return suite;
}

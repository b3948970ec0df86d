import { reads, writes } from '../access.ts';
import { type Answer, type Call, created, noContent, ok } from '../call.ts';
import { oneOf, optionalText, textField } from '../fields.ts';
import type { Github } from '../github.ts';
import type { Json } from '../json.ts';
import { page } from '../pages.ts';
import { baseShaOf, completePull, mergeRefusals, renderPull, tryMerge } from '../pulls.ts';
import { noReplyAddress } from '../push-payload.ts';
import type { PullState } from '../records.ts';
import { announceMove, announcePull } from '../ref-events.ts';
import { GithubRefusal, notFound, ruleViolation, unprocessable } from '../refusal.ts';
import { forwarded, onRepository, type Route } from '../route.ts';
import type { RepositoryState } from '../world.ts';

const base = '/repos/{owner}/{repo}';
const one = `${base}/pulls/{pull_number}`;

export const pullRoutes: readonly Route[] = [
  onRepository(`GET ${base}/pulls`, reads('pull_requests'), listPulls),
  onRepository(`POST ${base}/pulls`, writes('pull_requests', 'read'), (call, repository, github) =>
    repository.inTurn(() => openPull(call, repository, github)),
  ),
  onRepository(`GET ${one}`, reads('pull_requests'), async (call, repository, github) =>
    ok(await renderPull(github, repository, pullOf(call, repository).number)),
  ),
  onRepository(`PATCH ${one}`, writes('pull_requests'), editPull),
  onRepository(`GET ${one}/commits`, reads('pull_requests'), async (call, repository, github) =>
    page(call, github.url, (await comparisonOf(call, repository, github)).commits),
  ),
  onRepository(`GET ${one}/files`, reads('pull_requests'), async (call, repository, github) =>
    page(call, github.url, (await comparisonOf(call, repository, github)).files),
  ),
  onRepository(`GET ${one}/merge`, reads('pull_requests'), (call, repository) => {
    if (pullOf(call, repository).merged === null) throw notFound();
    return noContent();
  }),
  onRepository(`PUT ${one}/merge`, writes('contents'), (call, repository, github) =>
    repository.inTurn(() => mergePull(call, repository, github)),
  ),
  forwarded(`GET ${one}/reviews`, reads('pull_requests')),
  onRepository(`POST ${one}/reviews`, writes('pull_requests', 'read'), async (call, _, github) => {
    const answer = await github.upstream.forward(call);
    // emulate says 201 where GitHub says 200.
    return answer.status === 201 ? { ...answer, status: 200 } : answer;
  }),
  onRepository(`GET ${base}/commits/{commit_sha}/pulls`, reads('pull_requests'), pullsOfCommit),
];

async function listPulls(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const answer = await github.upstream.forward(call);
  if (answer.status !== 200) return answer;
  const pulls = await Promise.all(
    (answer.body as Json[]).map((pull) => completePull(github, repository, pull)),
  );
  return ok(pulls, answer.headers);
}

async function openPull(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const baseRef = textField(call.body, 'base');
  const { source, headRef } = headOf(github, repository, textField(call.body, 'head'));
  const head = await github.git.ref(source.fullName, `heads/${headRef}`);
  const target = await github.git.ref(repository.fullName, `heads/${baseRef}`);
  if (head === null) throw invalid('head');
  if (target === null) throw invalid('base');
  const isTwin = ({ open, headRef: ref, baseRef: into, headRepository }: PullState): boolean =>
    open && ref === headRef && into === baseRef && headRepository === source.fullName;
  if ([...repository.pulls.values()].some(isTwin)) {
    throw unprocessable(`A pull request already exists for ${source.owner}:${headRef}.`);
  }
  if (source !== repository) await github.git.copyHistory(source.fullName, repository.fullName, head.sha);
  const { ahead_by: ahead } = await github.git.compare(repository.fullName, target.sha, head.sha);
  if (ahead === 0) throw unprocessable(`No commits between ${baseRef} and ${headRef}`);

  const answer = await github.upstream.forward(call);
  if (answer.status !== 201) return answer;
  const number = Number((answer.body as Json).number);
  repository.pulls.set(number, {
    number,
    headRepository: source.fullName,
    headRef,
    baseRef,
    headSha: head.sha,
    open: true,
    merged: null,
  });
  await announcePull(github, repository, number, { action: 'opened' }, call.who);
  return created(await renderPull(github, repository, number));
}

/** `branch`, or `owner:branch` for a fork. */
function headOf(github: Github, repository: RepositoryState, head: string) {
  const [owner, ref] = head.includes(':') ? head.split(':') : [repository.owner, head];
  if (owner === repository.owner) return { source: repository, headRef: ref ?? '' };
  const source = github.world
    .repositories()
    .find((fork) => fork.owner === owner && fork.forkOf === repository.fullName);
  if (source === undefined) throw invalid('head');
  return { source, headRef: ref ?? '' };
}

async function editPull(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const pull = pullOf(call, repository);
  const answer = await github.upstream.forward(call);
  if (answer.status !== 200) return answer;
  const state = call.body.state;
  const wasOpen = pull.open;
  if (state === 'closed') pull.open = false;
  if (state === 'open' && pull.merged === null) await reopen(github, repository, pull);
  const action = wasOpen === pull.open ? 'edited' : pull.open ? 'reopened' : 'closed';
  const changes = action === 'edited' ? { changes: {} } : {};
  await announcePull(github, repository, pull.number, { action, ...changes }, call.who);
  return ok(await renderPull(github, repository, pull.number));
}

async function reopen(github: Github, repository: RepositoryState, pull: PullState): Promise<void> {
  pull.headSha = await github.git.resolve(pull.headRepository, `heads/${pull.headRef}`);
  if (pull.headRepository !== repository.fullName) {
    await github.git.copyHistory(pull.headRepository, repository.fullName, pull.headSha);
  }
  pull.open = true;
}

async function mergePull(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const pull = pullOf(call, repository);
  if (!pull.open) throw new GithubRefusal(405, 'Pull Request is not mergeable');
  const expected = optionalText(call.body, 'sha');
  if (expected !== null && expected !== pull.headSha) {
    throw new GithubRefusal(409, 'Head branch was modified. Review and try the merge again.');
  }
  const method =
    call.body.merge_method === undefined
      ? 'merge'
      : oneOf(call.body, 'merge_method', ['merge', 'squash', 'rebase']);
  if (method === 'rebase') throw new GithubRefusal(405, 'Rebase merges are not allowed on this repository.');

  const baseSha = await baseShaOf(github, repository, pull);
  const comparison = await github.git.compare(repository.fullName, baseSha, pull.headSha);
  const approvals = await approvalsOf(github, repository, pull);
  const refused = mergeRefusals(github, repository, pull, call.who, comparison, approvals, method);
  if (refused.length > 0) throw ruleViolation(405, refused);
  const merge = await tryMerge(github, repository, pull);
  if (!merge.clean) throw new GithubRefusal(405, 'Pull Request is not mergeable');

  const tree = await github.git.writeTree(repository.fullName, merge.entries);
  const sha = await github.git.writeCommit(repository.fullName, {
    message: await mergeMessage(call, repository, github, pull, method),
    tree,
    parents: method === 'merge' ? [baseSha, pull.headSha] : [baseSha],
    author: authorOf(call, github),
  });
  await finishMerge(call, repository, github, pull, { sha, baseSha });
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
}

async function finishMerge(
  call: Call,
  repository: RepositoryState,
  github: Github,
  pull: PullState,
  { sha, baseSha }: { readonly sha: string; readonly baseSha: string },
): Promise<void> {
  const ref = `refs/heads/${pull.baseRef}`;
  await github.git.moveRef(repository.fullName, ref, sha);
  await github.upstream.request('PATCH', `${repository.path}/pulls/${pull.number}`, { state: 'closed' });
  pull.merged = { sha, baseSha, at: github.now(), by: await github.payloads.user(call.who.login) };
  pull.open = false;
  const commit = (id: string) => ({ sha: id, type: 'commit' });
  const move = { ref, before: commit(baseSha), after: commit(sha), forced: false, cause: call.who };
  await announceMove(github, repository, move);
  await announcePull(github, repository, pull.number, { action: 'closed' }, call.who);
}

async function mergeMessage(
  call: Call,
  repository: RepositoryState,
  github: Github,
  pull: PullState,
  method: string,
): Promise<string> {
  const { title } = (await github.upstream.get(`${repository.path}/pulls/${pull.number}`)) as {
    title: string;
  };
  const owner = pull.headRepository.split('/')[0];
  const usual =
    method === 'squash'
      ? { title: `${title} (#${pull.number})`, body: '' }
      : { title: `Merge pull request #${pull.number} from ${owner}/${pull.headRef}`, body: title };
  const heading = optionalText(call.body, 'commit_title') ?? usual.title;
  const body = optionalText(call.body, 'commit_message') ?? usual.body;
  return body === '' ? heading : `${heading}\n\n${body}`;
}

function authorOf(call: Call, github: Github) {
  const { login } = call.who;
  return { name: login, email: noReplyAddress(login), date: github.now() };
}

/** People with write access whose last review approves. */
async function approvalsOf(github: Github, repository: RepositoryState, pull: PullState): Promise<number> {
  const path = `${repository.path}/pulls/${pull.number}/reviews?per_page=100`;
  const reviews =
    await github.upstream.get<readonly { state: string; user: { login: string } | null }[]>(path);
  const last = new Map<string, string>();
  for (const { state, user } of reviews)
    if (user !== null && state !== 'COMMENTED') last.set(user.login, state);
  return [...last].filter(([login, state]) => {
    const role = github.world.roleOf(login, { owner: repository.owner });
    return state === 'APPROVED' && role !== null && role !== 'read' && role !== 'triage';
  }).length;
}

async function comparisonOf(call: Call, repository: RepositoryState, github: Github) {
  const pull = pullOf(call, repository);
  return github.git.compare(repository.fullName, await baseShaOf(github, repository, pull), pull.headSha);
}

/** Pull requests that brought a commit: merged as it, or with it among their commits. */
async function pullsOfCommit(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const sha = await github.git.resolve(repository.fullName, call.params.commit_sha ?? '');
  const found: Json[] = [];
  for (const pull of repository.pulls.values()) {
    const baseSha = await baseShaOf(github, repository, pull);
    const { commits } = await github.git.compare(repository.fullName, baseSha, pull.headSha);
    const has = pull.merged?.sha === sha || commits.some((commit) => commit.sha === sha);
    if (has) found.push(await renderPull(github, repository, pull.number));
  }
  return page(call, github.url, found);
}

function invalid(field: string): GithubRefusal {
  return new GithubRefusal(422, 'Validation Failed', [{ resource: 'PullRequest', field, code: 'invalid' }]);
}

function pullOf(call: Call, repository: RepositoryState): PullState {
  const pull = repository.pulls.get(Number(call.params.pull_number));
  if (pull === undefined) throw notFound();
  return pull;
}

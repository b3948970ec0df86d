import { reads, writes } from '../access.ts';
import type { Answer, Call } from '../call.ts';
import { flag, textField } from '../fields.ts';
import type { Github } from '../github.ts';
import { noReplyAddress } from '../push-payload.ts';
import { announceMove } from '../ref-events.ts';
import { assertMayMove, type GitObject } from '../refs.ts';
import { unprocessable } from '../refusal.ts';
import { forwarded, onRepository, type Route } from '../route.ts';
import type { RepositoryState } from '../world.ts';

const base = '/repos/{owner}/{repo}';

/** Git data. emulate keeps objects and refs; moves of refs pass the rulesets and are announced here. */
export const refRoutes: readonly Route[] = [
  forwarded(`GET ${base}/git/blobs/{file_sha}`, reads('contents')),
  forwarded(`POST ${base}/git/blobs`, writes('contents')),
  forwarded(`GET ${base}/git/commits/{commit_sha}`, reads('contents')),
  forwarded(`POST ${base}/git/commits`, writes('contents')),
  forwarded(`GET ${base}/git/trees/{tree_sha}`, reads('contents')),
  forwarded(`POST ${base}/git/trees`, writes('contents')),
  forwarded(`GET ${base}/git/tags/{tag_sha}`, reads('contents')),
  forwarded(`POST ${base}/git/tags`, writes('contents')),
  forwarded(`GET ${base}/git/ref/{ref}`, reads('contents')),
  forwarded(`GET ${base}/git/matching-refs/{ref}`, reads('contents')),
  onRepository(`POST ${base}/git/refs`, writes('contents'), (call, repository, github) =>
    repository.inTurn(() => createRef(call, repository, github)),
  ),
  onRepository(`PATCH ${base}/git/refs/{ref}`, writes('contents'), (call, repository, github) =>
    repository.inTurn(() => updateRef(call, repository, github)),
  ),
  onRepository(`DELETE ${base}/git/refs/{ref}`, writes('contents'), (call, repository, github) =>
    repository.inTurn(() => deleteRef(call, repository, github)),
  ),
  onRepository(`PUT ${base}/contents/{path}`, writes('contents'), (call, repository, github) =>
    repository.inTurn(() => commitToBranch(call, repository, github)),
  ),
  onRepository(`DELETE ${base}/contents/{path}`, writes('contents'), (call, repository, github) =>
    repository.inTurn(() => commitToBranch(call, repository, github)),
  ),
];

async function createRef(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const ref = textField(call.body, 'ref');
  const sha = textField(call.body, 'sha');
  const before = null;
  assertMayMove(github, repository, {
    kind: 'create',
    ref,
    before,
    commit: sha,
    forced: false,
    cause: call.who,
  });
  const answer = await github.upstream.forward(call);
  if (answer.status !== 201) return answer;
  await announceMove(github, repository, {
    ref,
    before,
    after: objectOf(answer),
    forced: false,
    cause: call.who,
  });
  return answer;
}

async function updateRef(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const ref = `refs/${call.params.ref}`;
  const sha = textField(call.body, 'sha');
  const before = await github.git.ref(repository.fullName, ref);
  if (before === null) throw unprocessable('Reference does not exist');
  const forced = flag(call.body, 'force', false) && !(await isForward(github, repository, before.sha, sha));
  assertMayMove(github, repository, { kind: 'update', ref, before, commit: sha, forced, cause: call.who });
  const answer = await github.upstream.forward(call);
  const after = objectOf(answer);
  if (answer.status !== 200 || after.sha === before.sha) return answer;
  await announceMove(github, repository, { ref, before, after, forced, cause: call.who });
  return answer;
}

async function deleteRef(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const ref = `refs/${call.params.ref}`;
  const before = await github.git.ref(repository.fullName, ref);
  if (before === null) throw unprocessable('Reference does not exist');
  assertMayMove(github, repository, {
    kind: 'delete',
    ref,
    before,
    commit: null,
    forced: false,
    cause: call.who,
  });
  const answer = await github.upstream.forward(call);
  if (answer.status !== 204) return answer;
  await announceMove(github, repository, { ref, before, after: null, forced: false, cause: call.who });
  return answer;
}

/** The contents API commits a file to a branch: a push like any other. */
async function commitToBranch(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const named = call.body.branch;
  const branch = typeof named === 'string' ? named : repository.defaultBranch;
  const ref = `refs/heads/${branch}`;
  const before = await github.git.ref(repository.fullName, ref);
  const kind = before === null ? 'create' : 'update';
  assertMayMove(github, repository, { kind, ref, before, commit: null, forced: false, cause: call.who });
  const answer = await github.upstream.forward(byWhom(call));
  const after = await github.git.ref(repository.fullName, ref);
  if (answer.status >= 300 || after === null || after.sha === before?.sha) return answer;
  await announceMove(github, repository, { ref, before, after, forced: false, cause: call.who });
  return answer;
}

/** The commit is by whoever asks for it. */
function byWhom(call: Call): Call {
  const { login } = call.who;
  const person = { name: login, email: noReplyAddress(login) };
  const body = { author: person, committer: person, ...call.body };
  return { ...call, body, raw: Buffer.from(JSON.stringify(body)) };
}

async function isForward(
  github: Github,
  repository: RepositoryState,
  from: string,
  to: string,
): Promise<boolean> {
  const { status } = await github.git.compare(repository.fullName, from, to);
  return status === 'ahead' || status === 'identical';
}

function objectOf(answer: Answer): GitObject {
  const body = answer.body as { readonly object?: GitObject } | null;
  return { sha: body?.object?.sha ?? '', type: body?.object?.type ?? 'commit' };
}

import { reads, writes } from '../access.ts';
import { type Answer, type Call, created, noContent, ok } from '../call.ts';
import { oneOf } from '../fields.ts';
import type { Github } from '../github.ts';
import type { Json } from '../json.ts';
import { page } from '../pages.ts';
import { nodeId } from '../payloads.ts';
import { renderPull } from '../pulls.ts';
import { onDefaultBranch } from '../refs.ts';
import { notFound } from '../refusal.ts';
import { forwarded, onRepository, type Route } from '../route.ts';
import type { RepositoryState } from '../world.ts';

const base = '/repos/{owner}/{repo}';
const issue = `${base}/issues/{issue_number}`;
const comment = `${base}/issues/comments/{comment_id}`;
const contents = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const;

const readsTalk = reads('issues', 'pull_requests');
/** Everybody who may read may also talk. */
const talks = writes(['issues', 'pull_requests'], 'read');
const edits = writes(['issues', 'pull_requests'], 'triage');

/** Issues and comments are emulate's; events and reactions are ours. */
export const issueRoutes: readonly Route[] = [
  forwarded(`GET ${base}/issues`, readsTalk),
  onRepository(`POST ${base}/issues`, writes('issues', 'read'), async (call, repository, github) => {
    const answer = await github.upstream.forward(call);
    if (answer.status === 201) await announceIssue(call, repository, github, 'opened', answer.body as Json);
    return answer;
  }),
  onRepository(`GET ${issue}`, readsTalk, (call, repository, github) =>
    repository.pulls.has(Number(call.params.issue_number))
      ? readPullAsIssue(call, repository, github)
      : github.upstream.forward(call),
  ),
  onRepository(`PATCH ${issue}`, edits, editIssue),
  forwarded(`GET ${base}/issues/comments`, readsTalk),
  forwarded(`GET ${issue}/comments`, readsTalk),
  onRepository(`POST ${issue}/comments`, talks, async (call, repository, github) => {
    const answer = await github.upstream.forward(call);
    if (answer.status === 201)
      await announceComment(call, repository, github, 'created', answer.body as Json);
    return answer;
  }),
  forwarded(`GET ${comment}`, readsTalk),
  onRepository(`PATCH ${comment}`, talks, editComment),
  onRepository(`DELETE ${comment}`, talks, async (call, repository, github) => {
    const before = await github.upstream.get(`${repository.path}/issues/comments/${call.params.comment_id}`);
    const answer = await github.upstream.forward(call);
    if (answer.status === 204) await announceComment(call, repository, github, 'deleted', before);
    return answer;
  }),
  onRepository(`GET ${comment}/reactions`, readsTalk, listReactions),
  onRepository(`POST ${comment}/reactions`, talks, addReaction),
  onRepository(`DELETE ${comment}/reactions/{reaction_id}`, talks, removeReaction),
  onRepository(`GET ${issue}/reactions`, readsTalk, listReactions),
  onRepository(`POST ${issue}/reactions`, talks, addReaction),
];

async function editIssue(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const before = await github.upstream.get(`${repository.path}/issues/${call.params.issue_number}`);
  const answer = await github.upstream.forward(call);
  if (answer.status !== 200) return answer;
  const after = answer.body as Json;
  const action = before.state === after.state ? 'edited' : after.state === 'closed' ? 'closed' : 'reopened';
  await announceIssue(call, repository, github, action, after, changesOf(before, after, ['title', 'body']));
  return answer;
}

async function editComment(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const before = await github.upstream.get(`${repository.path}/issues/comments/${call.params.comment_id}`);
  const answer = await github.upstream.forward(call);
  if (answer.status !== 200) return answer;
  const after = answer.body as Json;
  await announceComment(call, repository, github, 'edited', after, changesOf(before, after, ['body']));
  return answer;
}

function changesOf(before: Json, after: Json, fields: readonly string[]): Json {
  const changed = fields.filter((field) => before[field] !== after[field]);
  return { changes: Object.fromEntries(changed.map((field) => [field, { from: before[field] ?? '' }])) };
}

async function announceIssue(
  call: Call,
  repository: RepositoryState,
  github: Github,
  action: 'opened' | 'edited' | 'closed' | 'reopened',
  json: Json,
  more: Json = {},
): Promise<void> {
  const payload = { action, issue: json, ...(action === 'edited' ? more : {}) };
  const on = await onDefaultBranch(github, repository);
  await github.events.emit(repository, { name: 'issues', payload, cause: call.who, on });
}

async function announceComment(
  call: Call,
  repository: RepositoryState,
  github: Github,
  action: 'created' | 'edited' | 'deleted',
  json: Json,
  more: Json = {},
): Promise<void> {
  const number = Number(/\/(\d+)$/.exec(String(json.issue_url))?.[1]);
  const about = repository.pulls.has(number)
    ? await pullAsIssue(github, repository, number)
    : await github.upstream.get(`${repository.path}/issues/${number}`);
  const payload = { action, ...more, comment: json, issue: about };
  const on = await onDefaultBranch(github, repository);
  await github.events.emit(repository, { name: 'issue_comment', payload, cause: call.who, on });
}

async function readPullAsIssue(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  return ok(await pullAsIssue(github, repository, Number(call.params.issue_number)));
}

/** A pull request is an issue too (emulate does not think so), which tells by its `pull_request` field. */
async function pullAsIssue(github: Github, repository: RepositoryState, number: number): Promise<Json> {
  const pull = await renderPull(github, repository, number);
  const api = `${github.url}${repository.path}/issues/${number}`;
  const { html_url, diff_url, patch_url, merged_at, url } = pull;
  return {
    ...Object.fromEntries(sharedWithPulls.map((key) => [key, pull[key] ?? null])),
    url: api,
    repository_url: `${github.url}${repository.path}`,
    labels_url: `${api}/labels{/name}`,
    comments_url: `${api}/comments`,
    events_url: `${api}/events`,
    timeline_url: `${api}/timeline`,
    reactions: noReactions(api),
    state_reason: null,
    performed_via_github_app: null,
    pull_request: { url, html_url, diff_url, patch_url, merged_at },
  };
}

const sharedWithPulls = [
  'html_url',
  'id',
  'node_id',
  'number',
  'title',
  'user',
  'labels',
  'state',
  'locked',
  'active_lock_reason',
  'assignee',
  'assignees',
  'milestone',
  'comments',
  'created_at',
  'updated_at',
  'closed_at',
  'body',
  'draft',
  'author_association',
];

function noReactions(api: string): Json {
  const counts = Object.fromEntries(contents.map((content) => [content, 0]));
  return { url: `${api}/reactions`, total_count: 0, ...counts };
}

function listReactions(call: Call, repository: RepositoryState, github: Github) {
  const content = call.query.get('content');
  const chosen = reactionsOf(call, repository).filter(
    (known) => content === null || known.content === content,
  );
  return page(call, github.url, chosen);
}

/** A second equal reaction of the same person answers 200 with the first one. */
async function addReaction(call: Call, repository: RepositoryState, github: Github) {
  const target = call.path.replace(/\/reactions$/, '');
  await github.upstream.get(target);
  const content = oneOf(call.body, 'content', contents);
  const user = await github.payloads.user(call.who.login);
  const known = reactionsOf(call, repository);
  const twin = known.find((r) => r.content === content && (r.user as Json).login === call.who.login);
  if (twin !== undefined) return ok(twin);
  const id = github.world.nextId();
  const reaction = { id, node_id: nodeId('Reaction', id), user, content, created_at: github.now() };
  known.push(reaction);
  return created(reaction);
}

function removeReaction(call: Call, repository: RepositoryState) {
  const known = reactionsOf(call, repository);
  const index = known.findIndex(({ id }) => id === Number(call.params.reaction_id));
  if (index < 0) throw notFound();
  known.splice(index, 1);
  return noContent();
}

function reactionsOf(call: Call, repository: RepositoryState): Json[] {
  const { comment_id: commentId, issue_number: number } = call.params;
  const key = commentId === undefined ? `issue/${number}` : `comment/${commentId}`;
  const known = repository.reactions.get(key) ?? [];
  repository.reactions.set(key, known);
  return known;
}

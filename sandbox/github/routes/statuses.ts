import { reads, writes } from '../access.ts';
import { type Call, created, ok } from '../call.ts';
import { oneOf, optionalText } from '../fields.ts';
import type { Github } from '../github.ts';
import { appIdOf } from '../identity.ts';
import type { Json } from '../json.ts';
import { page } from '../pages.ts';
import { nodeId } from '../payloads.ts';
import type { CommitStatus } from '../records.ts';
import { onDefaultBranch } from '../refs.ts';
import { onRepository, type Route } from '../route.ts';
import type { RepositoryState } from '../world.ts';

const base = '/repos/{owner}/{repo}';

/** Anybody with write access may set a status of any name: that is why rules pin their checks to an app. */
export const statusRoutes: readonly Route[] = [
  onRepository(`POST ${base}/statuses/{sha}`, writes('statuses'), createStatus),
  onRepository(`GET ${base}/commits/{ref}/statuses`, reads('statuses'), async (call, repository, github) => {
    const statuses = await statusesOf(call, repository, github);
    return page(
      call,
      github.url,
      statuses.toReversed().map(({ json }) => json),
    );
  }),
  onRepository(`GET ${base}/commits/{ref}/status`, reads('statuses'), combinedStatus),
];

async function createStatus(call: Call, repository: RepositoryState, github: Github) {
  const sha = await github.git.resolve(repository.fullName, call.params.sha ?? '');
  const state = oneOf(call.body, 'state', ['error', 'failure', 'pending', 'success']);
  const context = optionalText(call.body, 'context') ?? 'default';
  const creator = await github.payloads.user(call.who.login);
  const id = github.world.nextId();
  const at = github.now();
  const json = {
    url: `${github.url}${repository.path}/statuses/${sha}`,
    avatar_url: creator.avatar_url,
    id,
    node_id: nodeId('StatusContext', id),
    state,
    description: optionalText(call.body, 'description'),
    target_url: optionalText(call.body, 'target_url'),
    context,
    created_at: at,
    updated_at: at,
    creator,
  };
  repository.statuses.push({ sha, context, state, appId: appIdOf(call.who), json });
  await announceStatus(call, repository, github, sha, json);
  return created(json);
}

async function announceStatus(
  call: Call,
  repository: RepositoryState,
  github: Github,
  sha: string,
  status: Json,
): Promise<void> {
  const { creator: _, url: __, node_id: ___, ...fields } = status;
  const commit = await github.upstream.get(`${repository.path}/commits/${sha}`);
  const payload = { ...fields, sha, name: repository.fullName, branches: [], commit };
  const on = await onDefaultBranch(github, repository);
  await github.events.emit(repository, { name: 'status', payload, cause: call.who, on });
}

async function combinedStatus(call: Call, repository: RepositoryState, github: Github) {
  const sha = await github.git.resolve(repository.fullName, call.params.ref ?? '');
  const latest = latestByContext(await statusesOf(call, repository, github));
  const api = `${github.url}${repository.path}`;
  const { body, headers } = page(
    call,
    github.url,
    latest.map(({ json }) => json),
  );
  return ok(
    {
      state: combined(latest),
      statuses: body,
      sha,
      total_count: latest.length,
      repository: await github.payloads.repository(repository),
      commit_url: `${api}/commits/${sha}`,
      url: `${api}/commits/${sha}/status`,
    },
    headers,
  );
}

async function statusesOf(call: Call, repository: RepositoryState, github: Github) {
  const sha = await github.git.resolve(repository.fullName, call.params.ref ?? '');
  return repository.statuses.filter((status) => status.sha === sha);
}

export function latestByContext(statuses: readonly CommitStatus[]): readonly CommitStatus[] {
  return [...new Map(statuses.map((status) => [status.context, status])).values()];
}

/** `failure` when one failed, `success` when every one succeeded, else (and without any) `pending`. */
export function combined(latest: readonly CommitStatus[]): string {
  if (latest.some(({ state }) => state === 'failure' || state === 'error')) return 'failure';
  return latest.length > 0 && latest.every(({ state }) => state === 'success') ? 'success' : 'pending';
}

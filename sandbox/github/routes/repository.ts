import { reads, signedIn, writes } from '../access.ts';
import { type Answer, type Call, ok } from '../call.ts';
import type { Github } from '../github.ts';
import type { Json } from '../json.ts';
import { completeRepository } from '../payloads.ts';
import { tellChanges } from '../rename.ts';
import { forwarded, onRepository, type Route } from '../route.ts';
import { activeOver } from '../rulesets.ts';
import { RepositoryState } from '../world.ts';
import { protectionInShort } from './protection.ts';

const base = '/repos/{owner}/{repo}';

export const repositoryRoutes: readonly Route[] = [
  onRepository(`GET ${base}`, reads('metadata'), readRepository),
  onRepository(`PATCH ${base}`, writes('administration', 'admin'), changeRepository),
  forwarded(`GET ${base}/branches`, reads('contents')),
  onRepository(`GET ${base}/branches/{branch}`, reads('contents'), readBranch),
  forwarded(`GET ${base}/commits`, reads('contents')),
  forwarded(`GET ${base}/commits/{ref}`, reads('contents')),
  forwarded(`GET ${base}/compare/{basehead}`, reads('contents')),
  forwarded(`GET ${base}/contents/{path}`, reads('contents')),
  forwarded(`GET ${base}/readme`, reads('contents')),
  forwarded(`GET ${base}/tags`, reads('contents')),
  onRepository(`POST ${base}/forks`, signedIn, fork),
];

/** Forwards, and adds what emulate leaves out. */
async function readRepository(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const answer = await github.upstream.forward(call);
  if (answer.status !== 200) return answer;
  const body = completeRepository(answer.body as Json, github.url);
  repository.defaultBranch = String(body.default_branch);
  return { ...answer, body };
}

async function changeRepository(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const { name, defaultBranch } = repository;
  const answer = await readRepository(call, repository, github);
  if (answer.status !== 200) return answer;
  const { name: given } = answer.body as { readonly name: string };
  if (given !== name) github.world.rename(repository, given);
  await tellChanges(call, { name, defaultBranch }, repository, github);
  return answer;
}

/** `protected` when a ruleset or classic protection covers the branch; `protection` tells of the latter alone. */
async function readBranch(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const name = call.params.branch ?? '';
  const sha = await github.git.resolve(repository.fullName, `heads/${name}`);
  const classic = repository.protections.get(name);
  const isRuled = activeOver(github.world, repository, `refs/heads/${name}`).length > 0;
  const api = `${github.url}${repository.path}/branches/${name}`;
  return ok({
    name,
    commit: await github.upstream.get(`${repository.path}/commits/${sha}`),
    _links: { self: api, html: `${github.url}/${repository.fullName}/tree/${name}` },
    protected: isRuled || classic !== undefined,
    protection: protectionInShort(classic),
    protection_url: `${api}/protection`,
  });
}

/** A fork starts with the default branch of the repository that it is forked from. */
async function fork(call: Call, repository: RepositoryState, github: Github): Promise<Answer> {
  const answer = await github.upstream.forward(call);
  if (answer.status >= 300) return answer;
  const { id, full_name: fullName } = answer.body as { id: number; full_name: string };
  const { defaultBranch } = repository;
  github.world.addRepository(
    new RepositoryState({ id, fullName, defaultBranch, forkOf: repository.fullName }),
  );
  const ref = `refs/heads/${defaultBranch}`;
  const tip = await github.git.resolve(repository.fullName, `heads/${defaultBranch}`);
  await github.git.copyHistory(repository.fullName, fullName, tip);
  // emulate gives the fork a first commit of its own.
  const own = await github.git.ref(fullName, ref);
  await (own === null ? github.git.createRef(fullName, ref, tip) : github.git.moveRef(fullName, ref, tip));
  return answer;
}

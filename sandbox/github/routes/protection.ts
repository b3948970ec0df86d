import { reads, writes } from '../access.ts';
import { type Call, noContent, ok } from '../call.ts';
import type { Github } from '../github.ts';
import type { Json } from '../json.ts';
import { parseProtection } from '../protection.ts';
import type { BranchProtection } from '../records.ts';
import { onDefaultBranch } from '../refs.ts';
import { GithubRefusal, notFound } from '../refusal.ts';
import { onRepository, type Route } from '../route.ts';
import type { RepositoryState } from '../world.ts';

const place = '/repos/{owner}/{repo}/branches/{branch}/protection';

/** Classic protection of branches: only administrators see it whole. */
export const protectionRoutes: readonly Route[] = [
  onRepository(`GET ${place}`, reads('administration'), (call, repository, github) => {
    const { who, params } = call;
    // GitHub does not tell whoever is no administrator whether there is one.
    if (who.kind === 'user' && github.world.roleOf(who.login, params) !== 'admin') throw notFound();
    return ok(render(github, repository, protectionOf(call, repository)));
  }),
  onRepository(`PUT ${place}`, writes('administration', 'admin'), async (call, repository, github) => {
    const branch = call.params.branch ?? '';
    if ((await github.git.ref(repository.fullName, `refs/heads/${branch}`)) === null)
      throw new GithubRefusal(404, 'Branch not found');
    const before = repository.protections.get(branch) ?? null;
    const protection = parseProtection(call.body, {
      id: before?.id ?? github.world.nextId(),
      branch,
      before,
      at: github.now(),
      appOf: (name) => [...repository.checks.values()].findLast((run) => run.name === name)?.appId ?? null,
    });
    repository.protections.set(branch, protection);
    await announce(call, repository, github, protection, before === null ? 'created' : 'edited');
    return ok(render(github, repository, protection));
  }),
  onRepository(`DELETE ${place}`, writes('administration', 'admin'), async (call, repository, github) => {
    const protection = protectionOf(call, repository);
    repository.protections.delete(protection.branch);
    await announce(call, repository, github, protection, 'deleted');
    return noContent();
  }),
];

/** What everybody who may read the repository sees of it, beside the branch. */
export function protectionInShort(protection: BranchProtection | undefined): Json {
  const required = protection?.checks?.required ?? [];
  const level = protection?.enforceAdmins === true ? 'everyone' : 'non_admins';
  return {
    enabled: protection !== undefined,
    required_status_checks: {
      enforcement_level: required.length === 0 ? 'off' : level,
      contexts: required.map(({ context }) => context),
      checks: required.map(rendered),
    },
  };
}

function rendered({ context, appId }: { readonly context: string; readonly appId: number | null }): Json {
  return { context, app_id: appId };
}

function render(github: Github, { path }: RepositoryState, protection: BranchProtection): Json {
  const { branch, checks, reviews } = protection;
  const url = `${github.url}${path}/branches/${branch}/protection`;
  const enabled = (is: boolean): Json => ({ enabled: is });
  return {
    url,
    ...(checks === null
      ? {}
      : {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            contexts_url: `${url}/required_status_checks/contexts`,
            strict: checks.strict,
            contexts: checks.required.map(({ context }) => context),
            checks: checks.required.map(rendered),
          },
        }),
    ...(reviews === null
      ? {}
      : {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            required_approving_review_count: reviews.approvals,
            require_code_owner_reviews: reviews.codeOwners,
            dismiss_stale_reviews: reviews.dismissStale,
            require_last_push_approval: reviews.lastPush,
          },
        }),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: protection.enforceAdmins },
    required_linear_history: enabled(protection.linearHistory),
    allow_force_pushes: enabled(protection.forcePushes),
    allow_deletions: enabled(protection.deletions),
    lock_branch: enabled(protection.locked),
  };
}

async function announce(
  call: Call,
  repository: RepositoryState,
  github: Github,
  protection: BranchProtection,
  action: 'created' | 'edited' | 'deleted',
): Promise<void> {
  const payload = {
    action,
    rule: ruleOf(repository, protection),
    ...(action === 'edited' ? { changes: {} } : {}),
  };
  const on = await onDefaultBranch(github, repository);
  await github.events.emit(repository, { name: 'branch_protection_rule', payload, cause: call.who, on });
}

/** As webhooks tell of it. */
function ruleOf({ id }: RepositoryState, { checks, reviews, ...protection }: BranchProtection): Json {
  const level = (is: boolean): string => (!is ? 'off' : protection.enforceAdmins ? 'everyone' : 'non_admins');
  return {
    id: protection.id,
    repository_id: id,
    name: protection.branch,
    created_at: protection.createdAt,
    updated_at: protection.updatedAt,
    admin_enforced: protection.enforceAdmins,
    pull_request_reviews_enforcement_level: level(reviews !== null),
    required_approving_review_count: reviews?.approvals ?? 0,
    dismiss_stale_reviews_on_push: reviews?.dismissStale ?? false,
    require_code_owner_review: reviews?.codeOwners ?? false,
    require_last_push_approval: reviews?.lastPush ?? false,
    authorized_dismissal_actors_only: false,
    ignore_approvals_from_contributors: false,
    required_status_checks: (checks?.required ?? []).map(({ context }) => context),
    required_status_checks_enforcement_level: level(checks !== null),
    strict_required_status_checks_policy: checks?.strict ?? false,
    signature_requirement_enforcement_level: 'off',
    linear_history_requirement_enforcement_level: level(protection.linearHistory),
    lock_branch_enforcement_level: level(protection.locked),
    allow_force_pushes_enforcement_level: protection.forcePushes ? 'everyone' : 'off',
    allow_deletions_enforcement_level: protection.deletions ? 'everyone' : 'off',
    merge_queue_enforcement_level: 'off',
    required_deployments_enforcement_level: 'off',
    required_conversation_resolution_level: 'off',
    authorized_actors_only: false,
    authorized_actor_names: [],
  };
}

function protectionOf({ params }: Call, { protections }: RepositoryState): BranchProtection {
  const protection = protections.get(params.branch ?? '');
  if (protection === undefined) throw new GithubRefusal(404, 'Branch not protected');
  return protection;
}

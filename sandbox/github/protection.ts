import { flag, listField, objectField } from './fields.ts';
import type { Json } from './json.ts';
import type { BranchProtection, Rule, Ruleset } from './records.ts';
import { unprocessable } from './refusal.ts';
import type { RepositoryState } from './world.ts';

type RequiredCheck = NonNullable<BranchProtection['checks']>['required'][number];

/** What is not enforced here: refused, never accepted and forgotten. */
const unknownParts = ['restrictions', 'required_conversation_resolution', 'block_creations'];

/**
 * Classic protection as a caller asks for it. `appOf` names the app that has set a check last: GitHub pins a check to it
 * where the caller says nothing, and to nobody for `app_id: -1`.
 */
export function parseProtection(
  body: Json,
  context: {
    readonly id: number;
    readonly branch: string;
    readonly before: BranchProtection | null;
    readonly at: string;
    readonly appOf: (check: string) => number | null;
  },
): BranchProtection {
  const { id, branch, before, at, appOf } = context;
  for (const part of unknownParts) {
    if (body[part]) throw unprocessable(`the sandbox does not enforce ${part} of a branch protection`);
  }
  return {
    id,
    branch,
    checks:
      body.required_status_checks == null
        ? null
        : parseChecks(objectField(body, 'required_status_checks'), appOf),
    reviews:
      body.required_pull_request_reviews == null
        ? null
        : parseReviews(objectField(body, 'required_pull_request_reviews')),
    enforceAdmins: flag(body, 'enforce_admins', false),
    linearHistory: flag(body, 'required_linear_history', false),
    forcePushes: flag(body, 'allow_force_pushes', false),
    deletions: flag(body, 'allow_deletions', false),
    locked: flag(body, 'lock_branch', false),
    createdAt: before?.createdAt ?? at,
    updatedAt: at,
  };
}

function parseChecks(asked: Json, appOf: (check: string) => number | null): BranchProtection['checks'] {
  const named = listField(asked, 'checks').map(({ context, app_id: appId }): RequiredCheck => {
    const name = String(context);
    return { context: name, appId: typeof appId !== 'number' ? appOf(name) : appId < 0 ? null : appId };
  });
  const contexts = ((asked.contexts ?? []) as readonly string[])
    .filter((context) => !named.some((one) => one.context === context))
    .map((context) => ({ context, appId: appOf(context) }));
  return { strict: flag(asked, 'strict', false), required: [...named, ...contexts] };
}

function parseReviews(asked: Json): BranchProtection['reviews'] {
  return {
    approvals: Number(asked.required_approving_review_count ?? 1),
    codeOwners: flag(asked, 'require_code_owner_reviews', false),
    dismissStale: flag(asked, 'dismiss_stale_reviews', false),
    lastPush: flag(asked, 'require_last_push_approval', false),
  };
}

/** The protection of branches in the words of rulesets: one thing decides about refs. */
export function protectionRulesets({ protections }: RepositoryState): readonly Ruleset[] {
  return [...protections.values()].map((protection) => ({
    id: protection.id,
    name: `protection of ${protection.branch}`,
    target: 'branch',
    enforcement: 'active',
    bypassActors: protection.enforceAdmins
      ? []
      : [{ actor_type: 'RepositoryRole', actor_id: 5, bypass_mode: 'always' }],
    conditions: { include: [`refs/heads/${protection.branch}`], exclude: [] },
    rules: rulesOf(protection),
    createdAt: protection.createdAt,
    updatedAt: protection.updatedAt,
  }));
}

function rulesOf({ checks, reviews, ...flags }: BranchProtection): readonly Rule[] {
  const asked = (type: string, isAsked: boolean): Rule[] => (isAsked ? [{ type }] : []);
  return [
    ...asked('update', flags.locked),
    ...asked('deletion', !flags.deletions),
    ...asked('non_fast_forward', !flags.forcePushes),
    ...asked('required_linear_history', flags.linearHistory),
    ...(reviews === null
      ? []
      : [{ type: 'pull_request', parameters: { required_approving_review_count: reviews.approvals } }]),
    ...(checks === null ? [] : [{ type: 'required_status_checks', parameters: checksOf(checks) }]),
  ];
}

function checksOf({ strict, required }: NonNullable<BranchProtection['checks']>): Json {
  return {
    strict_required_status_checks_policy: strict,
    required_status_checks: required.map(({ context, appId }) => ({
      context,
      ...(appId === null ? {} : { integration_id: appId }),
    })),
  };
}

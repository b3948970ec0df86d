import { z } from 'zod';
import type { BranchProtectionSetting } from '../../../core/governance/above.ts';
import type { Directory } from '../../../core/governance/directory.ts';
import type { GithubClient } from '../client.ts';
import { appName } from './actors.ts';

const base = '/repos/{owner}/{repo}/branches/{branch}';
const branchSchema = z.object({
  protection: z.object({ enabled: z.boolean().default(false) }).nullish(),
});
const flagSchema = z
  .object({ enabled: z.boolean().default(false) })
  .nullish()
  .transform((flag) => flag?.enabled === true);
const protectionSchema = z.object({
  required_status_checks: z
    .object({
      strict: z.boolean().default(false),
      checks: z.array(z.object({ context: z.string(), app_id: z.number().nullish() })).default([]),
    })
    .nullish(),
  required_pull_request_reviews: z
    .object({
      required_approving_review_count: z.number().default(0),
      require_code_owner_reviews: z.boolean().default(false),
    })
    .nullish(),
  enforce_admins: flagSchema,
  required_linear_history: flagSchema,
  allow_force_pushes: flagSchema,
  allow_deletions: flagSchema,
  lock_branch: flagSchema,
});

/**
 * Classic protection of a branch: none or one. The branch is asked first: its answer costs nothing while it stands still,
 * and GitHub counts each 404 of the protection itself.
 */
export async function readProtections(
  github: GithubClient,
  directory: Directory,
  branch: string,
): Promise<BranchProtectionSetting[]> {
  const known = await github.find(`GET ${base}`, { branch }, branchSchema);
  if (known?.protection?.enabled !== true) return [];
  const found = await github.find(`GET ${base}/protection`, { branch }, protectionSchema);
  return found === null ? [] : [toSetting(branch, found, directory)];
}

function toSetting(
  branch: string,
  found: z.infer<typeof protectionSchema>,
  directory: Directory,
): BranchProtectionSetting {
  const { required_status_checks: checks, required_pull_request_reviews: reviews } = found;
  return {
    branch,
    checks: (checks?.checks ?? []).map(({ context, app_id: id }) => ({
      context,
      app: id == null || id < 0 ? null : appName(id, directory),
    })),
    upToDate: checks?.strict ?? false,
    approvals: reviews?.required_approving_review_count ?? null,
    codeOwners: reviews?.require_code_owner_reviews ?? false,
    enforceAdmins: found.enforce_admins,
    linearHistory: found.required_linear_history,
    forcePushes: found.allow_force_pushes,
    deletions: found.allow_deletions,
    locked: found.lock_branch,
  };
}

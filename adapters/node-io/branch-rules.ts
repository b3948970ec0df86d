import { z } from 'zod';
import type { BranchRules, ReadBranchRules } from '../../core/ports/branch-rules.ts';
import { type GithubReader, githubReader, readGithub, Unread } from './github-reader.ts';

/** Made when they are needed: most runs ask nothing, and every schema costs each of them time to make. */
const aboutSchema = () => z.object({ default_branch: z.string() });
const rulesSchema = () =>
  z.array(
    z.object({
      type: z.string(),
      parameters: z
        .object({
          required_status_checks: z
            .array(z.object({ context: z.string(), integration_id: z.number().nullish() }))
            .optional(),
          required_approving_review_count: z.number().optional(),
          require_code_owner_review: z.boolean().optional(),
        })
        .optional(),
    }),
  );
const classicSchema = () =>
  z.object({ checks: z.array(z.object({ context: z.string(), app_id: z.number().nullish() })) });
type Rules = z.infer<ReturnType<typeof rulesSchema>>;
type ClassicChecks = z.infer<ReturnType<typeof classicSchema>>['checks'];

/** The rules as the API shows them that the job or the shell names (`GITHUB_API_URL`). */
export function githubRules(
  token: string,
  env: Readonly<Record<string, string | undefined>>,
  inner: typeof fetch = fetch,
): ReadBranchRules {
  return branchRulesReader(githubReader(token, env, inner));
}

/**
 * The rules in force on a branch, from every ruleset that covers it (docs.github.com/rest/repos/rules, "Get rules for a
 * branch": readable by whoever may read the repository), and the checks of classic branch protection, which only
 * administrators may read and which are left out otherwise.
 */
function branchRulesReader(github: GithubReader): ReadBranchRules {
  return async (repository, named) => {
    try {
      const branch =
        named ?? (await readGithub(github, `/repos/${repository}`, aboutSchema())).default_branch;
      const encoded = encodeURIComponent(branch);
      const rules = await readGithub(
        github,
        `/repos/${repository}/rules/branches/${encoded}?per_page=100`,
        rulesSchema(),
      );
      const classic = await readGithub(
        github,
        `/repos/${repository}/branches/${encoded}/protection/required_status_checks`,
        classicSchema(),
      ).catch((error: unknown) => {
        if (error instanceof Unread) return { checks: [] };
        throw error;
      });
      return { state: 'read', rules: toBranchRules(branch, rules, classic.checks) };
    } catch (error) {
      if (error instanceof Unread) return { state: 'unread', reason: error.message };
      throw error;
    }
  };
}

function toBranchRules(branch: string, rules: Rules, classic: ClassicChecks): BranchRules {
  const checks = rules.flatMap(({ parameters }) => parameters?.required_status_checks ?? []);
  const reviews = rules.filter(({ type }) => type === 'pull_request');
  return {
    branch,
    requiredChecks: [
      ...checks.map(({ context, integration_id: id }) => ({ name: context, appId: pinOf(id) })),
      ...classic.map(({ context, app_id: id }) => ({ name: context, appId: pinOf(id) })),
    ],
    approvals:
      reviews.length === 0
        ? null
        : Math.max(...reviews.map(({ parameters }) => parameters?.required_approving_review_count ?? 0)),
    codeOwnerReview: reviews.some(({ parameters }) => parameters?.require_code_owner_review === true),
  };
}

/** `-1` is how classic protection writes "any source". */
function pinOf(id: number | null | undefined): number | null {
  return id === null || id === undefined || id < 0 ? null : id;
}

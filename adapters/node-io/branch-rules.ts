import { z } from 'zod';
import type {
  BranchRules,
  ClassicProtection,
  ReadBranchRules,
  RequiredCheck,
} from '../../core/ports/branch-rules.ts';
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
/** What everybody who reads the repository sees of classic protection. */
const branchSchema = () =>
  z.object({
    protection: z
      .object({
        enabled: z.boolean().default(false),
        required_status_checks: z
          .object({
            enforcement_level: z.string().default('off'),
            checks: z.array(z.object({ context: z.string(), app_id: z.number().nullish() })).default([]),
          })
          .nullish(),
      })
      .nullish(),
  });
const flagSchema = () => z.object({ enabled: z.boolean().default(false) }).nullish();
/** What administrators see. */
const protectionSchema = () =>
  z.object({
    enforce_admins: flagSchema(),
    lock_branch: flagSchema(),
    required_linear_history: flagSchema(),
    required_pull_request_reviews: z
      .object({
        required_approving_review_count: z.number().default(0),
        require_code_owner_reviews: z.boolean().default(false),
      })
      .nullish(),
  });
type Rules = z.infer<ReturnType<typeof rulesSchema>>;
type InShort = NonNullable<z.infer<ReturnType<typeof branchSchema>>['protection']>;
type InFull = z.infer<ReturnType<typeof protectionSchema>>;

/** The rules as the API shows them that the job or the shell names (`GITHUB_API_URL`). */
export function githubRules(
  token: string,
  env: Readonly<Record<string, string | undefined>>,
  inner: typeof fetch = fetch,
): ReadBranchRules {
  return branchRulesReader(githubReader(token, env, inner));
}

/**
 * The rules in force on a branch: from every ruleset that covers it, also of the organisation
 * (docs.github.com/rest/repos/rules, "Get rules for a branch"), and from classic protection. Whoever may read the
 * repository sees the checks of both; the rest of classic protection is for administrators.
 */
function branchRulesReader(github: GithubReader): ReadBranchRules {
  return async (repository, named) => {
    try {
      const branch =
        named ?? (await readGithub(github, `/repos/${repository}`, aboutSchema())).default_branch;
      const encoded = encodeURIComponent(branch);
      const [rules, { protection }] = await Promise.all([
        readGithub(github, `/repos/${repository}/rules/branches/${encoded}?per_page=100`, rulesSchema()),
        readBranch(github, repository, encoded),
      ]);
      const classic =
        protection?.enabled === true ? await readClassic(github, repository, encoded, protection) : null;
      return { state: 'read', rules: toBranchRules(branch, rules, classic) };
    } catch (error) {
      if (error instanceof Unread) return { state: 'unread', reason: error.message };
      throw error;
    }
  };
}

/** A branch that is not there yet has no classic protection; rulesets are over its name already. */
async function readBranch(github: GithubReader, repository: string, branch: string) {
  return readGithub(github, `/repos/${repository}/branches/${branch}`, branchSchema()).catch(
    (error: unknown) => {
      if (error instanceof Unread && error.status === 404) return { protection: null };
      throw error;
    },
  );
}

interface Classic {
  readonly short: InShort;
  /** Null: the token is no administrator's. */
  readonly full: InFull | null;
}

async function readClassic(
  github: GithubReader,
  repository: string,
  branch: string,
  short: InShort,
): Promise<Classic> {
  const path = `/repos/${repository}/branches/${branch}/protection`;
  const full = await readGithub(github, path, protectionSchema()).catch((error: unknown) => {
    if (error instanceof Unread && (error.status === 403 || error.status === 404)) return null;
    throw error;
  });
  return { short, full };
}

function toBranchRules(branch: string, rules: Rules, classic: Classic | null): BranchRules {
  const checks = rules.flatMap(({ parameters }) => parameters?.required_status_checks ?? []);
  const reviews = rules.filter(({ type }) => type === 'pull_request');
  const owners = reviews.some(({ parameters }) => parameters?.require_code_owner_review === true);
  const asked = classic?.full?.required_pull_request_reviews ?? null;
  const counts = [
    ...reviews.map(({ parameters }) => parameters?.required_approving_review_count ?? 0),
    ...(asked === null ? [] : [asked.required_approving_review_count]),
  ];
  return {
    branch,
    requiredChecks: [
      ...checks.map((one) => requiredCheck(one.context, one.integration_id, 'ruleset')),
      ...(classic?.short.required_status_checks?.checks ?? []).map((one) =>
        requiredCheck(one.context, one.app_id, 'protection'),
      ),
    ],
    approvals: counts.length === 0 ? null : Math.max(...counts),
    codeOwnerReview:
      owners || asked?.require_code_owner_reviews === true
        ? true
        : classic === null || classic.full !== null
          ? false
          : null,
    protection: classic && protectionOf(classic),
  };
}

function protectionOf({ short, full }: Classic): ClassicProtection {
  if (full !== null) {
    const { enforce_admins: admins, lock_branch: lock, required_linear_history: linear } = full;
    return {
      adminsPass: admins?.enabled !== true,
      locked: lock?.enabled === true,
      linear: linear?.enabled === true,
    };
  }
  const level = short.required_status_checks?.enforcement_level ?? 'off';
  return { adminsPass: level === 'off' ? null : level !== 'everyone', locked: null, linear: null };
}

/** `-1` is how classic protection may write "any source". */
function requiredCheck(name: string, id: number | null | undefined, by: RequiredCheck['by']): RequiredCheck {
  return { name, appId: id === null || id === undefined || id < 0 ? null : id, by };
}

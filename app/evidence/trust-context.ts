import { listAggregates, type Sql } from '../../adapters/postgres/index.ts';
import type { ChangeState } from '../../core/change/state.ts';
import { configPath } from '../../core/config/path.ts';
import type { OidcClaims } from '../../core/evidence/claims.ts';
import type { IntakeInput } from '../../core/evidence/intake.ts';
import { parseWorkflowRef } from '../../core/evidence/workflow-identity.ts';
import type { Forge } from '../../core/ports/forge.ts';
import { orThrow, readEffectiveConfig } from '../effective-config.ts';
import { RequestProblem } from '../http/problem.ts';

/** What the base branch says about a run: whom it trusts, and whether the run's workflow is still the base's. */
export type TrustContext = Pick<IntakeInput, 'config' | 'baseRefs' | 'workflowUnchanged'>;

/** What has to be known of a run to find out whom its base trusts. */
export interface TrustedRun {
  readonly headSha: string;
  /** It is of a tag. */
  readonly isOfTag: boolean;
  /** The workflow file that ran, as `owner/repo/.github/workflows/file.yml@ref`, and the commit that it is of. */
  readonly workflowRef: string;
  readonly workflowSha: string | undefined;
}

export function runOfClaims(claims: OidcClaims, headSha: string): TrustedRun {
  const isReusable = claims.job_workflow_ref !== undefined;
  return {
    headSha,
    isOfTag: claims.ref.startsWith('refs/tags/'),
    workflowRef: claims.job_workflow_ref ?? claims.workflow_ref,
    workflowSha: isReusable ? claims.job_workflow_sha : claims.workflow_sha,
  };
}

/**
 * Reads config and workflow where the change cannot reach them: from the base branch for a change, from the
 * tagged commit, if it is part of the default branch, for a release.
 *
 * @throws RequestProblem `NOT_CONFIGURED` when there is no config to say whom to trust.
 */
export async function readTrustContext(run: TrustedRun, forge: Forge, store: Sql): Promise<TrustContext> {
  const { headSha } = run;
  const branch = await forge.defaultBranch();
  const base = (await baseBranchOf(store, forge.repository, headSha)) ?? branch;
  const baseHead = (await forge.resolveRef(`heads/${base}`))?.commit;
  if (baseHead === undefined) throw notConfigured(`the base branch ${base} does not exist`);
  const isRelease = run.isOfTag && (await forge.isAncestor(headSha, baseHead));
  const config = await readTrust(forge, isRelease ? headSha : baseHead);
  return {
    config,
    baseRefs: [...new Set([`refs/heads/${branch}`, `refs/heads/${base}`])],
    workflowUnchanged: await isUnchanged(run, forge, baseHead),
  };
}

/** The base branch of the change whose head this commit is; null when we know of none. */
async function baseBranchOf(store: Sql, repository: string, sha: string): Promise<string | null> {
  const changes = await listAggregates(store, { kind: 'change', repository, sha });
  return (changes[0]?.state as ChangeState | undefined)?.baseRef ?? null;
}

async function readTrust(forge: Forge, sha: string): Promise<TrustContext['config']> {
  const found = await readEffectiveConfig(sha, forge);
  if (found === null) throw notConfigured(`there is no ${configPath} at ${sha}`);
  const { config, sha256 } = orThrow(found);
  const { ownSha256 = null } = found.ok ? found : {};
  return { trustedWorkflows: config.trusted_workflows, sha256, ownSha256 };
}

/** Null when it cannot be found out, which counts as changed. */
async function isUnchanged(
  { workflowRef, workflowSha: sha }: TrustedRun,
  forge: Forge,
  baseHead: string,
): Promise<boolean | null> {
  const identity = parseWorkflowRef(workflowRef);
  if (identity === null || sha === undefined) return null;
  if (identity.repository.toLowerCase() !== forge.repository.toLowerCase()) return null;
  const [used, base] = await Promise.all([
    forge.filesAt(sha).read(identity.path),
    forge.filesAt(baseHead).read(identity.path),
  ]);
  if (used === null) return null;
  if (base !== null && Buffer.from(used).equals(base)) return true;
  return forge.isAncestor(sha, baseHead);
}

function notConfigured(reason: string): RequestProblem {
  return new RequestProblem({
    status: 422,
    code: 'NOT_CONFIGURED',
    message: `Nobody is trusted to report gate results here: ${reason}`,
    help: `Merge a ${configPath} with trusted_workflows into the base branch first.`,
  });
}

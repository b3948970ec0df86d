import type { OidcClaims } from './claims.ts';
import { type IntakeInput, type Refusal, refuse } from './intake-contract.ts';
import {
  isSameFile,
  parseTrustedWorkflow,
  parseWorkflowRef,
  type WorkflowIdentity,
} from './workflow-identity.ts';

/** What that question is answered from. */
export interface WorkflowTrust extends Pick<IntakeInput, 'config' | 'baseRefs' | 'workflowUnchanged'> {
  readonly claims: Pick<OidcClaims, 'repository' | 'workflow_ref' | 'job_workflow_ref'>;
}

/**
 * Whether the workflow that ran is one that the config trusts: repository and file exactly, and at a ref that
 * is either pinned by the config or holds what the base branch holds.
 */
export function checkWorkflow(input: WorkflowTrust): Refusal | null {
  const text = input.claims.job_workflow_ref ?? input.claims.workflow_ref;
  const identity = parseWorkflowRef(text);
  if (identity === null) {
    return refuse(
      403,
      'WORKFLOW_MALFORMED',
      `expected owner/repo/.github/workflows/file.yml@ref, found ${JSON.stringify(text.slice(0, 200))}`,
      'submit from a workflow file of a repository',
    );
  }
  const own = input.claims.repository;
  const listed = input.config.trustedWorkflows
    .map((line) => parseTrustedWorkflow(line, own))
    .filter((trusted) => trusted !== null && isSameFile(identity, trusted));
  if (listed.length === 0) {
    return refuse(
      403,
      'WORKFLOW_NOT_TRUSTED',
      `${identity.repository}/${identity.path} is not among trusted_workflows`,
      'add the file to trusted_workflows in .github/release-conductor.yml on the default branch',
    );
  }
  if (listed.some((trusted) => trusted?.ref === identity.ref)) return null;
  return listed.some((trusted) => trusted?.ref === null)
    ? checkUnpinned(input, identity)
    : refuse(
        403,
        'WORKFLOW_NOT_TRUSTED',
        `${identity.path} is trusted at another ref than ${identity.ref}`,
        'use the ref that trusted_workflows names, or change the line',
      );
}

/** A line without a ref trusts what the base branch holds, and nothing of other repositories. */
function checkUnpinned(input: WorkflowTrust, identity: WorkflowIdentity): Refusal | null {
  if (identity.repository.toLowerCase() !== input.claims.repository.toLowerCase()) {
    return refuse(
      403,
      'WORKFLOW_NOT_PINNED',
      `${identity.repository}/${identity.path} is in another repository and trusted without a ref`,
      `write ${identity.repository}/${identity.path}@refs/tags/… or @<commit> into trusted_workflows`,
    );
  }
  if (input.baseRefs.includes(identity.ref) || input.workflowUnchanged === true) return null;
  return refuse(
    403,
    'WORKFLOW_CHANGED',
    input.workflowUnchanged === null
      ? `could not compare ${identity.path} at ${identity.ref} with the base branch`
      : `${identity.path} at ${identity.ref} differs from the base branch`,
    'a change may not judge itself: merge the change of the workflow first, in a pull request of its own',
  );
}

/** One workflow file at one ref, as OIDC claims and the config name it. */
export interface WorkflowIdentity {
  readonly repository: string;
  readonly path: string;
  readonly ref: string;
}

const claim =
  /^(?<repository>[A-Za-z0-9-]+\/[A-Za-z0-9._-]+)\/(?<path>\.github\/workflows\/[A-Za-z0-9._-]+\.ya?ml)@(?<ref>refs\/[^\s@]+|[0-9a-f]{40})$/;

const entry =
  /^(?:(?<repository>[A-Za-z0-9-]+\/[A-Za-z0-9._-]+)\/)?(?<path>\.github\/workflows\/[A-Za-z0-9._-]+\.ya?ml)(?:@(?<ref>refs\/[^\s@]+|[0-9a-f]{40}))?$/;

/** Parses `workflow_ref` or `job_workflow_ref`, anchored at both ends; null when it is anything else. */
export function parseWorkflowRef(text: string): WorkflowIdentity | null {
  const groups = claim.exec(text)?.groups;
  if (groups === undefined) return null;
  return { repository: groups.repository ?? '', path: groups.path ?? '', ref: groups.ref ?? '' };
}

/** A line of `trusted_workflows`: `[owner/repo/].github/workflows/file.yml[@ref]`. */
export interface TrustedWorkflow {
  readonly repository: string;
  readonly path: string;
  /** null: the line names none. */
  readonly ref: string | null;
}

/** Parses a line of `trusted_workflows`; without a repository it means `ownRepository`. Null when malformed. */
export function parseTrustedWorkflow(text: string, ownRepository: string): TrustedWorkflow | null {
  const groups = entry.exec(text)?.groups;
  if (groups === undefined) return null;
  return {
    repository: groups.repository ?? ownRepository,
    path: groups.path ?? '',
    ref: groups.ref ?? null,
  };
}

/** True when repository and path are exactly those of the line. GitHub's names ignore case in the repository only. */
export function isSameFile(identity: WorkflowIdentity, trusted: TrustedWorkflow): boolean {
  return (
    identity.repository.toLowerCase() === trusted.repository.toLowerCase() && identity.path === trusted.path
  );
}

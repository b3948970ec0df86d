import type { Annotation, RerunSince } from '../gate/effect.ts';
import type { CheckName } from '../gate/names.ts';
import type { ByteSource } from './blob-store.ts';
import type { Deployer } from './deployer.ts';
import type { FileEdits } from './file-edits.ts';
import type { OrganisationSight } from './organisation-sight.ts';
import type { RepositorySettings } from './repository-settings.ts';
import type { CommitFiles } from './system.ts';

/**
 * GitHub as the domain sees it, bound to one repository's installation. Every method may throw
 * `ProviderError` (retryable or not), `PermissionError`, or `ConflictError`. `ensure*`/`upsert*` look for the
 * key in an object that the App itself authored before they create: calling twice is calling once.
 */
export interface Forge {
  readonly repository: string;
  /** The App's own slug; objects authored by `<slug>[bot]` are ours. */
  readonly appSlug: string;
  /**
   * The repository whose config is the default of this one; null: the owner has none, or the App is not installed there.
   * Absent where there is but one repository.
   */
  organisation?(): Promise<Forge | null>;
  /** What is remembered of that config. */
  readonly organisationSight?: OrganisationSight;
  /** Rulesets, environments and labels. */
  readonly settings: RepositorySettings;

  // reading
  defaultBranch(): Promise<string>;
  /** What GitHub calls the repository now, another name after it was moved, and its default branch. */
  whereabouts(): Promise<{ readonly name: string; readonly defaultBranch: string }>;
  /** The commit a ref points to now, or null. `ref` is full: `heads/main`, `tags/v1.0.0`. Annotated tags are peeled. */
  resolveRef(ref: string): Promise<{ readonly object: string; readonly commit: string } | null>;
  readCommit(sha: string): Promise<{
    readonly sha: string;
    readonly tree: string;
    readonly message: string;
    readonly author: string;
    readonly parents: readonly string[];
  }>;
  isAncestor(ancestor: string, descendant: string): Promise<boolean>;
  /**
   * Newest first. `paths` are globs: only commits that change a matching file; merge commits change none by
   * themselves.
   */
  listCommitsBetween(
    base: string | null,
    head: string,
    limit: number,
    paths?: readonly string[],
  ): Promise<
    readonly {
      readonly sha: string;
      readonly message: string;
      readonly author: string;
    }[]
  >;
  /** Labels of merged pull requests; one that could not be found is left out. */
  readLabels(pullRequests: readonly number[]): Promise<ReadonlyMap<number, readonly string[]>>;
  /** Changes of one file, by a commit or a pull request. */
  readonly edits: FileEdits;
  /** The files of one commit. */
  filesAt(sha: string): CommitFiles;
  /** Paths that differ between two commits, former names too; null when there are more than GitHub lists (300). */
  listChangedFiles(base: string, head: string): Promise<readonly string[] | null>;
  readPullRequest(number: number): Promise<PullRequestFacts>;
  listOpenPullRequests(): Promise<readonly ListedPullRequest[]>;
  readWorkflowRun(runId: number): Promise<{
    readonly headSha: string;
    readonly headBranch: string | null;
    readonly event: string;
    readonly path: string;
    readonly attempt: number;
    readonly repository: string;
    readonly headRepository: string;
    /** When its latest attempt began, ms since the epoch. */
    readonly startedAt: number;
  }>;
  /** What the jobs of a run uploaded. `sha256` is what GitHub says of the archive; null when it says nothing. */
  listArtifacts(runId: number): Promise<
    readonly {
      readonly id: number;
      readonly name: string;
      readonly size: number;
      readonly sha256: string | null;
      readonly expired: boolean;
      readonly createdAt: number;
    }[]
  >;
  /** The archive of an artifact: a zip that anybody may have made. Look at its size first. */
  downloadArtifact(artifactId: number): Promise<Uint8Array>;
  /**
   * Runs a run again, all jobs; once, however often it is asked with the same `since`. Without it a run that still runs
   * is left alone.
   *
   * @throws ProviderError `RUN_UNFINISHED`, retryable, while the attempt that is to be repeated still runs.
   */
  rerunWorkflow(runId: number, since?: RerunSince): Promise<void>;
  /** `role_name`; null when the person is not a collaborator. */
  readRole(login: string): Promise<string | null>;
  /** True only when the membership is `active`. */
  isActiveTeamMember(teamSlug: string, login: string): Promise<boolean>;
  readComment(commentId: number): Promise<{
    readonly body: string;
    readonly author: string;
    readonly createdAt: number;
    readonly updatedAt: number;
  } | null>;

  // checks, comments, issues
  /** Conclusion of the newest check run of an app; null: it has not ended, or there is none. */
  readCheck(sha: string, check: { readonly name: string; readonly app: string }): Promise<string | null>;
  publishCheck(input: {
    readonly externalId: string;
    readonly sha: string;
    readonly name: CheckName;
    readonly status: 'queued' | 'in_progress' | 'completed';
    readonly conclusion: string | null;
    readonly title: string;
    readonly summary: string;
    readonly annotations: readonly Annotation[];
  }): Promise<{ readonly id: number }>;
  upsertComment(input: {
    readonly issue: number;
    readonly marker: string;
    readonly body: string;
  }): Promise<{ readonly id: number; readonly url: string }>;
  ensureComment(input: {
    readonly issue: number;
    readonly key: string;
    readonly body: string;
  }): Promise<{ readonly id: number; readonly url: string }>;
  addReaction(commentId: number, content: string): Promise<void>;
  /** A label that is not there is no error. */
  removeLabel(issue: number, label: string): Promise<void>;
  ensureIssue(input: {
    readonly key: string;
    readonly title: string;
    readonly labels: readonly string[];
    readonly body: string;
  }): Promise<{ readonly number: number; readonly url: string }>;
  updateIssue(
    issue: number,
    change: { readonly body?: string; readonly state?: 'open' | 'closed' },
  ): Promise<void>;

  // deployments
  readonly deployer: Deployer;
  /** Jobs that wait before an environment now, whoever is asked for them. */
  waitingEntries(): Promise<
    readonly { readonly runId: number; readonly environment: string; readonly sha: string }[]
  >;
  /** Reports to a job that waits before an environment; `state` null: a comment alone. A job that is gone is no error. */
  answerProtectionRule(input: {
    readonly runId: number;
    readonly environment: string;
    readonly state: 'approved' | 'rejected' | null;
    /** At most 1,024 characters. */
    readonly comment: string;
  }): Promise<void>;

  // releases
  ensureDraftRelease(input: {
    readonly tag: string;
    readonly sha: string;
    readonly title: string;
    readonly body: string;
  }): Promise<{ readonly id: number; readonly draft: boolean }>;
  listAssets(
    releaseId: number,
  ): Promise<readonly { readonly id: number; readonly name: string; readonly size: number }[]>;
  uploadAsset(
    releaseId: number,
    name: string,
    mediaType: string,
    content: ByteSource,
  ): Promise<{ readonly id: number }>;
  deleteAsset(assetId: number): Promise<void>;
  downloadAsset(assetId: number): Promise<Uint8Array>;
  /** The same piece by piece, for what may be large. */
  streamAsset(assetId: number): AsyncIterable<Uint8Array>;
  publishRelease(releaseId: number, body: string): Promise<{ readonly url: string }>;
  /** Whether a release of the tag is published; drafts are not. */
  isPublished(tag: string): Promise<boolean>;
  /** The one with such a tag that was published last; neither drafts nor prereleases. */
  latestPublishedRelease(
    isMine: (tag: string) => boolean,
  ): Promise<{ readonly tag: string; readonly commit: string } | null>;
}

/** A pull request as GitHub shows it. */
export interface PullRequestFacts {
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly headSha: string;
  readonly headRef: string;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly author: string;
  readonly fork: boolean;
  readonly draft: boolean;
  readonly state: 'open' | 'closed';
  readonly merged: boolean;
  /** Ms since the epoch, in whole seconds; 0: not told. */
  readonly updatedAt: number;
}

/** What a list of pull requests is read for. */
export type ListedPullRequest = Pick<PullRequestFacts, 'headSha' | 'baseRef' | 'baseSha' | 'updatedAt'> & {
  readonly number: number;
};

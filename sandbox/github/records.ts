import type { SandboxRun } from '../contract.ts';
import type { Json } from './json.ts';

/** What a person may do in a repository, least first. */
export const roles = ['read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What a push or a merge changes of a pull request; everything else about it is emulate's. */
export interface PullState {
  readonly number: number;
  /** Full name: another repository for a fork. */
  readonly headRepository: string;
  readonly headRef: string;
  readonly baseRef: string;
  headSha: string;
  open: boolean;
  merged: {
    readonly sha: string;
    readonly at: string;
    readonly by: Json;
    readonly baseSha: string;
  } | null;
}

export interface CommitStatus {
  readonly sha: string;
  readonly context: string;
  readonly state: string;
  /** App whose token set it; null for a person. */
  readonly appId: number | null;
  readonly json: Json;
}

export interface Deployment {
  readonly id: number;
  readonly environment: string;
  readonly transient: boolean;
  readonly production: boolean;
  readonly json: Json;
  readonly statuses: Json[];
}

export interface MergeGroup {
  readonly headRef: string;
  readonly headSha: string;
  readonly baseRef: string;
  readonly baseSha: string;
  readonly pullRequest: number;
}

export interface Team {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly members: Map<string, { role: 'member' | 'maintainer'; state: 'active' | 'pending' }>;
}

/** All check runs of one app on one commit. */
export interface CheckSuite {
  readonly id: number;
  readonly appId: number;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly createdAt: string;
  updatedAt: string;
}

export interface CheckRun {
  readonly id: number;
  readonly suiteId: number;
  readonly appId: number;
  readonly headSha: string;
  name: string;
  externalId: string;
  detailsUrl: string | null;
  status: string;
  conclusion: string | null;
  startedAt: string | null;
  completedAt: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: Json[];
}

export interface WorkflowRun extends SandboxRun {
  attempt: number;
  readonly number: number;
  readonly actor: string;
  readonly suiteId: number;
  checkId: number;
  readonly createdAt: string;
  /** When this attempt began. */
  startedAt: string;
  updatedAt: string;
  status: string;
  conclusion: string | null;
}

export interface Artifact {
  readonly id: number;
  readonly runId: number;
  readonly name: string;
  readonly zip: Uint8Array;
  readonly createdAt: string;
}

export interface ReleaseAsset {
  readonly id: number;
  name: string;
  label: string | null;
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly uploader: string;
  readonly createdAt: string;
  downloads: number;
}

export interface Release {
  readonly id: number;
  readonly author: string;
  readonly createdAt: string;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  publishedAt: string | null;
  /** Set when it is published while the repository has immutable releases: tag and assets are frozen from then on. */
  immutable: boolean;
  /** Stands in for the tag in the address of a draft. */
  readonly draftName: string;
  readonly assets: Map<number, ReleaseAsset>;
}

/** A repository ruleset, as its author wrote it. */
export interface Ruleset {
  readonly id: number;
  readonly name: string;
  readonly target: 'branch' | 'tag' | 'push';
  readonly enforcement: 'active' | 'disabled' | 'evaluate';
  readonly bypassActors: readonly {
    readonly actor_id: number | null;
    readonly actor_type: string;
    /** GitHub's default is `always`. */
    readonly bypass_mode?: string;
  }[];
  readonly conditions: NamePatterns;
  readonly rules: readonly Rule[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface NamePatterns {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** A ruleset of the organisation: over every repository that the patterns name. */
export interface OrganisationRuleset extends Ruleset {
  readonly repositories: NamePatterns;
}

/** Classic protection of one branch, beside the rulesets. */
export interface BranchProtection {
  readonly id: number;
  readonly branch: string;
  /** Null: none are required. `appId` null: whoever sets it. */
  readonly checks: {
    readonly strict: boolean;
    readonly required: readonly { readonly context: string; readonly appId: number | null }[];
  } | null;
  readonly reviews: {
    readonly approvals: number;
    readonly codeOwners: boolean;
    readonly dismissStale: boolean;
    readonly lastPush: boolean;
  } | null;
  /** Off: administrators go past all of it. */
  readonly enforceAdmins: boolean;
  readonly linearHistory: boolean;
  readonly forcePushes: boolean;
  readonly deletions: boolean;
  readonly locked: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Rule {
  readonly type: string;
  readonly parameters?: Json;
}

/** An environment with what protects it. */
export interface Environment {
  readonly id: number;
  readonly name: string;
  readonly createdAt: string;
  updatedAt: string;
  /** Minutes. */
  waitTimer: number;
  preventSelfReview: boolean;
  reviewers: readonly { readonly type: 'User' | 'Team'; readonly id: number }[];
  branchPolicy: { readonly protected_branches: boolean; readonly custom_branch_policies: boolean } | null;
  readonly branchPatterns: { readonly id: number; readonly name: string; readonly type: 'branch' | 'tag' }[];
  /** Rules that apps answer. */
  readonly customRules: { readonly id: number; readonly appId: number; readonly slug: string }[];
}

/** A job before an environment: what every rule has said of it so far. */
export interface WaitingJob {
  readonly run: WorkflowRun;
  readonly deployment: Deployment;
  readonly environment: Environment;
  /** `reviewers` or `app/<id>`; null: not answered yet. */
  readonly answers: Map<string, EntryAnswer | null>;
  readonly decided: () => void;
}

export interface EntryAnswer {
  readonly approved: boolean;
  readonly by: string;
  readonly comment: string;
}

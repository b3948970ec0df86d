/** What GitHub itself enforces on a branch: rulesets of the repository and of its organisation, and classic protection. */
export interface BranchRules {
  readonly branch: string;
  /** Checks without which nothing is merged. */
  readonly requiredChecks: readonly RequiredCheck[];
  /** Approvals that a pull request needs; null: no pull request is needed. */
  readonly approvals: number | null;
  /** Null: the branch has classic protection, and only administrators see whether that asks for it. */
  readonly codeOwnerReview: boolean | null;
  /** Null: no classic protection beside the rulesets. */
  readonly protection: ClassicProtection | null;
}

export interface RequiredCheck {
  readonly name: string;
  /** Null: whoever sets a check of this name satisfies it. */
  readonly appId: number | null;
  readonly by: 'ruleset' | 'protection';
}

/** Null: only administrators see it. */
export interface ClassicProtection {
  /** Administrators merge past it. */
  readonly adminsPass: boolean | null;
  /** Nothing is merged at all. */
  readonly locked: boolean | null;
  /** No merge commits. */
  readonly linear: boolean | null;
}

export type BranchRulesRead =
  | { readonly state: 'read'; readonly rules: BranchRules }
  /** `reason` ends a sentence that begins with "not read:". */
  | { readonly state: 'unread'; readonly reason: string };

/** Reads the rules of a branch; null: the default branch. Never throws for what GitHub answers. */
export type ReadBranchRules = (repository: string, branch: string | null) => Promise<BranchRulesRead>;

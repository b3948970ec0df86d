/** What GitHub itself enforces on a branch: rulesets, and branch protection where it may be read. */
export interface BranchRules {
  readonly branch: string;
  /** Checks without which nothing is merged. `appId` null: whoever sets a check of this name satisfies it. */
  readonly requiredChecks: readonly { readonly name: string; readonly appId: number | null }[];
  /** Approvals that a pull request needs; null: no pull request is needed. */
  readonly approvals: number | null;
  readonly codeOwnerReview: boolean;
}

export type BranchRulesRead =
  | { readonly state: 'read'; readonly rules: BranchRules }
  /** `reason` ends a sentence that begins with "not read:". */
  | { readonly state: 'unread'; readonly reason: string };

/** Reads the rules of a branch; null: the default branch. Never throws for what GitHub answers. */
export type ReadBranchRules = (repository: string, branch: string | null) => Promise<BranchRulesRead>;

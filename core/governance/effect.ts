import type { Change } from './compare.ts';

/** What the Conductor does about the rules of a repository. */
export type GovernanceEffect =
  /**
   * Reads config and settings; answers with `settings.observed`. `since`: what was merged after it is listed; `governed`:
   * a config was in force here before.
   */
  | { readonly kind: 'observeSettings'; readonly since: number | null; readonly governed?: boolean }
  /** Reads the proposed config as data and plans it; answers with `governance.planned`. */
  | { readonly kind: 'planGovernance'; readonly pullRequest: number; readonly headSha: string }
  /** Tells the pull request what its check `policy-ci` has to carry. */
  | {
      readonly kind: 'carryPlan';
      readonly pullRequest: number;
      readonly headSha: string;
      readonly text: string;
      readonly acceptable: boolean;
    }
  /** Writes exactly these changes, each only while it is still what it was; answers with `governance.applied`. */
  | { readonly kind: 'applyGovernance'; readonly hash: string; readonly changes: readonly Change[] }
  /** Reads the facts about a job before an environment; answers with `entry.judged`. */
  | {
      readonly kind: 'judgeEntry';
      readonly runId: number;
      readonly environment: string;
      readonly sha: string;
    }
  /** Reports to the waiting job; `state` null: a comment that decides nothing. */
  | {
      readonly kind: 'answerEntry';
      readonly runId: number;
      readonly environment: string;
      readonly state: 'approved' | 'rejected' | null;
      readonly comment: string;
    };

import type { Above } from './above.ts';
import type { EntryAnswer } from './entry.ts';
import type { GovernancePlan } from './plan.ts';
import type { Settings } from './settings.ts';

/** A pull request that was merged while the rules were not as wanted. */
export interface MergedMeanwhile {
  readonly number: number;
  readonly title: string;
  readonly by: string;
  /** Ms since the epoch. */
  readonly at: number;
}

/** What a look at the repository found. */
export type Observation =
  | {
      readonly kind: 'read';
      readonly configSha256: string;
      readonly mode: 'repair' | 'report';
      readonly plan: GovernancePlan;
      readonly settings: Settings;
      readonly above: Above;
      readonly merged: readonly MergedMeanwhile[];
    }
  /** The config declares no governance. */
  | { readonly kind: 'undeclared' }
  /** The config is wrong, a name in it is nobody's, or GitHub does not show everything: nothing is written. */
  | { readonly kind: 'unreadable'; readonly problems: readonly string[] };

/** The config at a commit of the default branch: the digest is the one that gates and releases record (null: gone). */
export interface ConfigAt {
  readonly sha: string;
  readonly config_sha256: string | null;
}

/** Who is said to have changed what. */
export interface Touched {
  readonly text: string;
  readonly actor: string;
  /** The config or the code owners on the default branch. */
  readonly config?: ConfigAt;
}

/** Everything that can happen to the governance of a repository. */
export type GovernanceEvent =
  /** Something that may concern the rules was changed on GitHub; `null` for a look by schedule. */
  | { readonly type: 'settings.touched'; readonly what: Touched | null }
  | {
      readonly type: 'settings.observed';
      readonly observation: Observation;
      /** The config that was read; absent: the branch could not be read, or a look of before. */
      readonly config?: ConfigAt;
    }
  /** A pull request proposes another config, or a new version of one. */
  | { readonly type: 'config.proposed'; readonly pullRequest: number; readonly headSha: string }
  | {
      readonly type: 'governance.planned';
      readonly pullRequest: number;
      readonly headSha: string;
      readonly proposal:
        | { readonly kind: 'plan'; readonly configSha256: string; readonly plan: GovernancePlan }
        | { readonly kind: 'undeclared' }
        | { readonly kind: 'wrong'; readonly problems: readonly string[] };
    }
  | {
      readonly type: 'governance.applied';
      readonly hash: string;
      /** Names of what was written, in order. */
      readonly done: readonly string[];
      /** Why it stopped; null: everything was written. */
      readonly problem: string | null;
    }
  /** A job asks to enter an environment that the Conductor guards. */
  | {
      readonly type: 'entry.requested';
      readonly runId: number;
      readonly environment: string;
      readonly sha: string;
    }
  | {
      readonly type: 'entry.judged';
      readonly runId: number;
      readonly environment: string;
      readonly answer: EntryAnswer;
    }
  | { readonly type: 'timer.fired'; readonly timer: string };

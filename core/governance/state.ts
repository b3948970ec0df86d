import type { Above } from './above.ts';
import type { Change } from './compare.ts';
import type { ConfigAt, MergedMeanwhile } from './event.ts';
import type { GovernancePlan } from './plan.ts';
import type { Settings } from './settings.ts';

/** A plan that people saw on the pull request that proposes the config. */
export interface ShownPlan {
  readonly pullRequest: number;
  readonly headSha: string;
  readonly configSha256: string;
  readonly plan: GovernancePlan;
}

/** The rules of a repository differ from its config, and people were told. */
export interface Drift {
  /** `drift/<n>` begins the ids of its effects. */
  readonly n: number;
  readonly since: number;
  readonly issue: number | null;
  /** Digest of the text that the issue shows. */
  readonly told: string;
  /** It is over, but the issue's number is not known yet. */
  readonly over: boolean;
}

/** The repository as it was at one moment, and how it differed from its config. */
export interface FoundSettings {
  /** Ms since the epoch. */
  readonly at: number;
  readonly configSha256: string;
  readonly settings: Settings;
  /** Absent in states of before. */
  readonly above?: Above;
  readonly plan: GovernancePlan;
  /** Merged while the rules were not as wanted; absent in states of before. */
  readonly merged?: readonly MergedMeanwhile[];
}

/** A job that waits before an environment. */
export interface WaitingEntry {
  readonly runId: number;
  readonly environment: string;
  readonly sha: string;
  readonly since: number;
  /** What it was told last. */
  readonly told: string;
  /** GitHub takes ten reports of one job. */
  readonly reports: number;
}

/** The config of the default branch as it was heard or read of last. */
export interface KnownConfig extends ConfigAt {
  /** Ms since the epoch. */
  readonly at: number;
  /** `first`: read by the first look, which changed nothing. */
  readonly by: 'push' | 'look' | 'first';
  /** Digest of the one before; absent: there was none. */
  readonly before?: string | null;
}

/** The governance of one repository, as the Conductor remembers it. Plain JSON. */
export interface GovernanceState {
  readonly schema_version: 1;
  /** It is about no commit. */
  readonly sha: null;
  /** When a look that is under way began; null: none is. */
  readonly lookingSince: number | null;
  /** Something happened while the look was under way: look once more. */
  readonly lookAgain: boolean;
  /** Plans of open pull requests, newest last. */
  readonly shown: readonly ShownPlan[];
  /** The config that the repository follows: its plan was shown and merged, or there was nothing to do. */
  readonly accepted: string | null;
  /** What is being written now. */
  readonly applying: {
    readonly hash: string;
    readonly why: 'merge' | 'repair';
    readonly changes: readonly Change[];
  } | null;
  /** When drift was put right, ms since the epoch, of the last hour. */
  readonly repairs: readonly number[];
  /** When the repository was last as its config says. */
  readonly goodAt: number | null;
  readonly drift: Drift | null;
  /** Jobs that wait before an environment, by run and environment. */
  readonly entries: Readonly<Record<string, WaitingEntry>>;
  /** What was found at the last look that could read everything. */
  readonly found: FoundSettings | null;
  /** Null or absent: nothing was heard or read of it yet. */
  readonly config?: KnownConfig | null;
  readonly counters: Readonly<Record<string, number>>;
}

export const unknownGovernance: GovernanceState = {
  schema_version: 1,
  sha: null,
  lookingSince: null,
  lookAgain: false,
  shown: [],
  accepted: null,
  applying: null,
  repairs: [],
  goodAt: null,
  drift: null,
  entries: {},
  found: null,
  config: null,
  counters: {},
};

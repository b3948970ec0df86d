import type { FlagsConfig } from '../config/flags.ts';

/** What a provider says of a flag at one moment. */
export interface FlagSetting {
  /** The provider's own definition as JSON, given back to the letter; null: it keeps none that can be read. */
  readonly definition: string | null;
  /** Percent of users that get the flag; null: its rules are of another kind, or it is not known. */
  readonly share: number | null;
  /** Who killed it and why; null: nobody. A killed flag stays off until somebody restores it. */
  readonly killed: string | null;
}

export type FlagTarget =
  | { readonly kind: 'share'; readonly percent: number }
  /** As it was. */
  | { readonly kind: 'former'; readonly setting: FlagSetting };

export interface FlagChange {
  readonly flag: string;
  readonly to: FlagTarget;
}

export type FlagPurpose = 'ramp' | 'ga' | 'rollback' | 'kill' | 'restore';

/** What is to become of some flags. A kill and a rollback wait for nothing. */
export interface FlagOrder {
  readonly purpose: FlagPurpose;
  readonly flags: readonly string[];
  /** Percent of users; null: the state before the release, or before the kill. */
  readonly percent: number | null;
  readonly by: string;
  readonly reason: string;
}

/** An order under way: first what is there is read and remembered, then it is changed, or changed back. */
export interface FlagOperation extends FlagOrder {
  readonly n: number;
  readonly stage: 'reading' | 'setting' | 'undoing';
  readonly before: Readonly<Record<string, FlagSetting>>;
  /** What went wrong, while it is undone. */
  readonly failure: string | null;
}

/** The flags of one release, as the Conductor remembers them. Plain JSON. */
export interface FlagsState {
  /** What each flag was before this release changed it. */
  readonly former: Readonly<Record<string, FlagSetting>>;
  /** What each flag was when it was killed. */
  readonly beforeKill: Readonly<Record<string, FlagSetting>>;
  /** Percent of users by flag, as last confirmed; null: as it was before. */
  readonly shares: Readonly<Record<string, number | null>>;
  readonly killed: Readonly<Record<string, string>>;
  readonly operation: FlagOperation | null;
  readonly waiting: readonly FlagOrder[];
}

export const noFlags: FlagsState = {
  former: {},
  beforeKill: {},
  shares: {},
  killed: {},
  operation: null,
  waiting: [],
};

export type FlagEffect =
  /** Settles with `{ settings: Record<flag, FlagSetting> }`. */
  | { readonly kind: 'readFlags'; readonly flags: readonly string[]; readonly config: FlagsConfig }
  /** Settles with `FlagsSet`. Writes what is not so yet, and looks until it shows itself or `deadline` (ms since the epoch). */
  | {
      readonly kind: 'setFlags';
      readonly purpose: FlagPurpose;
      readonly release: string;
      readonly by: string;
      readonly reason: string;
      readonly changes: readonly FlagChange[];
      readonly config: FlagsConfig;
      readonly deadline: number;
    };

/** How far a change came. */
export interface FlagsSet {
  readonly applied: readonly string[];
  readonly failed: readonly { readonly flag: string; readonly reason: string }[];
  /** Commit or pull request; null: there is none. */
  readonly reference: string | null;
}

/** The share that a target stands for; null: not known. */
export function shareOf(target: FlagTarget): number | null {
  return target.kind === 'share' ? target.percent : target.setting.share;
}

/** Every flag that a release has to do with: the configured ones, and whatever somebody killed. */
export function flagNames(configured: readonly string[], flags: FlagsState): readonly string[] {
  return [...new Set([...configured, ...Object.keys(flags.shares), ...Object.keys(flags.killed)])];
}

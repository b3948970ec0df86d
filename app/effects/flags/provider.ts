import type { FlagEffect, FlagSetting } from '../../../core/flags/model.ts';

export type SetFlags = Extract<FlagEffect, { kind: 'setFlags' }>;

/** How far a provider came with a change. */
export interface Written {
  /** Commit or pull request. */
  readonly reference: string | null;
  readonly failed: readonly { readonly flag: string; readonly reason: string }[];
  /** What is waited for; null: nothing. */
  readonly pending: string | null;
}

/** Where flags are kept. Both methods throw a `ConductorError`; a retryable one is tried again. */
export interface FlagProvider {
  read(flag: string): Promise<FlagSetting>;
  /** Writes what is not so yet: called again after a crash it finds what it did before. */
  write(change: SetFlags): Promise<Written>;
  /** Takes back what still waits for people: the change is given up. */
  giveUp(change: SetFlags): Promise<void>;
}

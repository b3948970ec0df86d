/**
 * What is remembered of the config of one organisation: the commit of its repository at which it was last read. It
 * outlives the process, so that a config that cannot be found any more is not taken for one that never was.
 */
export interface OrganisationSight {
  /** Null: none was ever read, or the last one was taken back. */
  lastCommit(): Promise<string | null>;
  /** The config was read at this commit. */
  found(commit: string): Promise<void>;
  /** The config that was read at this commit was taken back. What was read at another meanwhile stays. */
  takenBack(commit: string): Promise<void>;
}

import type { Above } from '../governance/above.ts';
import type { Change } from '../governance/compare.ts';
import type { Directory } from '../governance/directory.ts';
import type { MergedMeanwhile } from '../governance/event.ts';
import type { Settings } from '../governance/settings.ts';

/**
 * Rulesets, environments and labels of one repository, by name. Every method may throw `ProviderError`,
 * `PermissionError` or `ConflictError`; what cannot be read in full is never returned in part.
 */
export interface RepositorySettings {
  /** GitHub's ids of these names; a name that nobody answers to is left out. */
  resolve(names: Readonly<Record<'team' | 'user' | 'app', readonly string[]>>): Promise<Directory>;
  /** Everything that is set now. Apps that `directory` does not know appear as `#<id>`. */
  read(directory: Directory): Promise<Settings>;
  /** What binds the repository beside that: rulesets above it, classic protection of this branch. */
  readAbove(directory: Directory, branch: string): Promise<Above>;
  /** Pull requests that were merged since then (ms since the epoch), newest first. */
  mergedSince(at: number): Promise<readonly MergedMeanwhile[]>;
  /** Carries out one change; a change that was made already is no error. */
  apply(change: Change, directory: Directory): Promise<void>;
}

import type { ReleaseState } from '../../../core/release/state.ts';
import type { Committed } from '../postgres/server.ts';
import type { World } from '../world.ts';

/** A promise of the product that did not hold, and how. Null: it held. */
export type Finding = string | null;

/** What an invariant can look at when a commit has just happened. */
export interface CommitView {
  readonly world: World;
  readonly commit: Committed;
  /** Releases that this commit changed. */
  readonly releases: readonly { readonly before: ReleaseState | null; readonly after: ReleaseState }[];
}

import type { PreviewHygiene } from '../release/clauses.ts';
import type { PreviewState } from './state.ts';
import { isLeftOver } from './sweep.ts';

/** Whether the previews of a repository are in order: none is left over. `none`: it never had one. */
export function hygieneOf(previews: readonly PreviewState[], now: number): PreviewHygiene {
  if (previews.length === 0) return 'none';
  return previews.some((preview) => isLeftOver(preview, now)) ? 'unclean' : 'clean';
}

import { globMatcher } from '../gate/glob.ts';
import type { ReleaseState } from './state.ts';

/**
 * A tag that matches `hotfix_tags` runs in the hotfix lane: it takes the place of a release under way, and needs
 * neither an open window nor the resolution of the failure that it repairs. Gates, locks and freezes bind it too.
 */
export function isHotfix({ tag, plan }: Pick<ReleaseState, 'tag' | 'plan'>): boolean {
  const glob = plan?.config.hotfix_tags;
  return glob !== undefined && globMatcher([glob])(tag);
}

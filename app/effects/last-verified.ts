import type { Forge } from '../../core/ports/forge.ts';
import { hasReachedGa } from '../../core/release/phase.ts';
import type { ReleaseState } from '../../core/release/state.ts';

export interface LastVerifiedPorts {
  readonly published: Forge['latestPublishedRelease'];
  /** Whether a tag is one of the same service. */
  readonly isMine: (tag: string) => boolean;
  /** What the Conductor knows of a release; null: it was published before the App came, or without it. */
  readonly stateOf: (tag: string) => Promise<Pick<ReleaseState, 'phase' | 'plan'> | null>;
}

type Version = { readonly tag: string; readonly commit: string };

/** Published releases that turn out not to be verified, one behind the other, at most. */
const maxStepsBack = 20;

/**
 * The last verified version: what traffic goes back to when the release `tag` has to. That is the newest published release
 * of the service which reached GA, or which the Conductor did not conduct. One that was rolled back since points to what it
 * went back to. One that somebody published by hand while it was on its way, held or refused has shown nothing.
 */
export async function lastVerified(tag: string, ports: LastVerifiedPorts): Promise<Version | null> {
  const seen = new Set([tag]);
  const newest = (): Promise<Version | null> =>
    ports.published((candidate) => ports.isMine(candidate) && !seen.has(candidate));
  let version = await newest();
  for (let steps = 0; version !== null && steps < maxStepsBack; steps++) {
    const known = await ports.stateOf(version.tag);
    if (known === null || hasReachedGa(known.phase)) return version;
    seen.add(version.tag);
    version = known.plan?.previous ?? (await newest());
  }
  return null;
}

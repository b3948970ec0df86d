import { hasLeftTheWay, isGoingBack } from '../../../core/release/phase.ts';
import type { ReleaseState } from '../../../core/release/state.ts';
import { type Deployment, repositoryName } from '../github/repository.ts';
import type { World } from '../world.ts';
import type { Finding } from './finding.ts';

/** Each side effect on GitHub has one key and happens once. */
export function happensOnce(known: ReadonlyMap<string, number>, what: string, key: string): Finding {
  const times = known.get(`${what} ${key}`) ?? 0;
  return times > 1 ? `${what} ${key} was created ${times} times` : null;
}

/**
 * No order to give this version traffic is begun after the release was told to go back or has ended. One that is on its
 * way to GitHub at that moment arrives, and the pipeline refuses it.
 */
export function noOrderAfterRollback(world: World, deployment: Deployment): Finding {
  if (deployment.task !== 'promote') return null;
  const tag = String(deployment.payload.release);
  const begun = world.postgres.heldSince(`lane/deployment/${repositoryName}/${deployment.environment}`);
  if (begun !== null && begun < (world.wentBackAt.get(tag) ?? 0)) return null;
  const release = world.release(tag);
  if (release === undefined) return `a deployment of an unknown release ${tag}`;
  return mayNotRise(release)
    ? `${tag} is ${release.phase}, yet ${deployment.payload.weight} % was ordered on GitHub`
    : null;
}

/** The release was told to go back, or has ended. */
export function mayNotRise({ phase }: ReleaseState): boolean {
  return hasLeftTheWay(phase) || isGoingBack(phase);
}

/** Traffic of a version goes 0 → 10 → 50 → 100 or → 0, one step at a time, and never up after it went back. */
export function trafficFollowsTheSteps(world: World): Finding {
  const [before, now] = world.platform.shifts.slice(-2);
  if (before === undefined || now === undefined || now.canary === null) return null;
  const { version, weight } = now.canary;
  const from = before.canary?.version === version ? before.canary.weight : 0;
  const next = [10, 50, 100].find((step) => step > from);
  if (weight !== next && weight !== from) return `traffic of ${version} went from ${from} % to ${weight} %`;
  const wentBack = world.platform.shifts.slice(0, -1).some(({ canary }, index, all) => {
    const earlier = all[index - 1]?.canary;
    return earlier?.version === version && earlier.weight < 100 && canary === null;
  });
  return wentBack ? `traffic of ${version} went up to ${weight} % after it had gone back` : null;
}

/** How long ago a tag may have moved for the one who publishes not to have seen it, ms. */
const unseen = 5_000;

/** Only the commit that was gated, and that the tag still names, becomes GA. */
export function publishedIsReleased(world: World, tag: string): Finding {
  const release = world.release(tag);
  if (release === undefined) return `${tag} was published without a release`;
  if (release.phase !== 'finishing' && !isGoingBack(release.phase))
    return `${tag} was published while ${release.phase}`;
  const seen = world.hub.repository.refAt(`tags/${tag}`, world.scheduler.now - unseen);
  return seen === release.sha ? null : `${tag} was published at ${release.sha}, but the tag is at ${seen}`;
}

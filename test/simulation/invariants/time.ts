import { isWanted } from '../../../app/events/registry.ts';
import type { ReleaseState } from '../../../core/release/state.ts';
import { begin, type World } from '../world.ts';
import { businessKeyOf } from './deliveries.ts';
import type { Finding } from './finding.ts';

const tick = 10_000;
/** What a request and its answers take where nothing is wrong, ms. */
const onTheWay = 2_000;
const quarterHour = 900_000;

/** A rollback is on GitHub within one tick of GitHub and the app being there. */
export function rollbackIsRequested(world: World): Finding {
  const { now } = world.scheduler;
  for (const release of world.releases()) {
    if (release.phase !== 'rolling_back') continue;
    const since = Math.max(release.phaseSince, world.faults.disturbedUntil);
    if (rollbackOf(world, release) === undefined && now - since > tick + onTheWay) {
      return `${release.tag} has been rolling back for ${(now - since) / 1_000} s without an order on GitHub`;
    }
  }
  return null;
}

/** Within three ticks of the pipeline having moved the traffic back, and of everybody being there, the release knows. */
export function rollbackIsConfirmed(world: World): Finding {
  const { now } = world.scheduler;
  for (const release of world.releases()) {
    if (release.phase !== 'rolling_back') continue;
    const done = rollbackOf(world, release)?.statuses.find(({ state }) => state === 'success');
    if (done === undefined) continue;
    const since = Math.max(done.at, world.faults.disturbedUntil, world.carrier.unreliableUntil);
    if (now - since > 3 * tick + onTheWay) {
      return `traffic is back for ${(now - since) / 1_000} s, and ${release.tag} is still rolling back`;
    }
  }
  return null;
}

/** The newest order to go back that is on GitHub. */
function rollbackOf(
  { hub }: World,
  { tag, deployment }: ReleaseState,
): World['hub']['repository']['deployments'][number] | undefined {
  return hub.repository.deployments.findLast(
    ({ task, payload }) =>
      task === 'rollback' &&
      payload.release === tag &&
      String(payload.idempotency_key).endsWith(`#deploy/${deployment?.n}`),
  );
}

/** A delivery that never arrived is known 15 minutes after GitHub and the app are there. */
export function lostDeliveriesAreFound(world: World): Finding {
  const { now } = world.scheduler;
  const since = Math.max(begin, world.faults.downUntil, world.faults.disturbedUntil);
  if (now - since <= quarterHour) return null;
  const stored = world.rows('deliveries');
  const guids = new Set(stored.map(({ guid }) => guid));
  const keys = new Set(stored.map((row) => row.business_key));
  const lost = world.hub.deliveries.find(
    ({ guid, at, event, payload }) =>
      now - Math.max(at, since) > quarterHour &&
      !guids.has(guid) &&
      isWanted(event, payload) &&
      !keys.has(businessKeyOf(event, payload)),
  );
  return lost === undefined ? null : `delivery ${lost.guid} (${lost.event}) was never recovered`;
}

import { productionEnvironments } from '../config/waves.ts';
import type { ReleaseEvent } from '../flow/event.ts';
import { confirmedOf, noticed } from './confirmed.ts';
import type { ReleaseDraft } from './draft.ts';
import { escalate } from './escalate.ts';
import { hasTraffic } from './phase.ts';
import { startRollback } from './rollback.ts';

/**
 * What the pipeline last carried out in a production environment that was reached, read from GitHub and not told by a
 * webhook. As ordered: nothing follows. When the traffic was moved by somebody else (the dead-man switch, a person), what
 * the release believes is wrong: on the last verified version it is rolled back in form too, in every environment; on
 * anything else people are called.
 */
export function onTrafficRead(
  draft: ReleaseDraft,
  { environment, traffic }: Extract<ReleaseEvent, { type: 'traffic.read' }>,
): void {
  const { phase, deployment, hold } = draft.state;
  if (!hasTraffic(phase)) return;
  // Where an order is under way or has failed, its own end says what follows.
  if (deployment?.environment === environment && deployment.status !== 'success') return;
  const ordered = confirmedOf(draft.state).find((known) => known.environment === environment);
  const { deploymentId, version, weight } = traffic;
  if (ordered === undefined || deploymentId <= ordered.githubId) return;
  if (version === ordered.version && weight === ordered.weight) return;
  const isOnly = productionEnvironments(draft.plan().config).length === 1;
  const where = isOnly ? '' : ` in ${environment}`;
  const cause = `the pipeline gave ${weight} % to ${version}${where} without being asked (deployment ${deploymentId})`;
  if (version === draft.plan().previous?.tag) {
    startRollback(draft, { code: 'TRAFFIC_DIFFERS', cause, trigger: 'auto', by: 'conductor' });
    return;
  }
  if (hold?.code === 'TRAFFIC_DIFFERS') return;
  noticed(draft, environment, deploymentId);
  draft.hold('TRAFFIC_DIFFERS', cause, 'conductor');
  escalate(draft, 'Production traffic is not what was ordered', cause, {
    severity: 'CRITICAL',
    helpNeeded: 'find out who moved the traffic, then `/resume` or `/rollback`',
  });
}

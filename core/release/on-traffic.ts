import type { ActualTraffic } from '../ports/deployer.ts';
import type { ReleaseDraft } from './draft.ts';
import { escalate } from './escalate.ts';
import { startRollback } from './rollback.ts';

/**
 * What the pipeline last carried out, read from GitHub and not told by a webhook. As ordered: nothing follows. When the
 * traffic was moved by somebody else (the dead-man switch, a person), what the release believes is wrong: on the last
 * verified version it is rolled back in form too, on anything else people are called.
 */
export function onTrafficRead(draft: ReleaseDraft, { deploymentId, version, weight }: ActualTraffic): void {
  const { phase, deployment, hold } = draft.state;
  if ((phase !== 'soaking' && phase !== 'finishing') || deployment?.status !== 'success') return;
  if (deployment.githubId === null || deploymentId <= deployment.githubId) return;
  if (version === deployment.version && weight === deployment.weight) return;
  const cause = `the pipeline gave ${weight} % to ${version} without being asked (deployment ${deploymentId})`;
  if (version === draft.plan().previous?.tag) {
    startRollback(draft, { code: 'TRAFFIC_DIFFERS', cause, trigger: 'auto', by: 'conductor' });
    return;
  }
  if (hold?.code === 'TRAFFIC_DIFFERS') return;
  draft.hold('TRAFFIC_DIFFERS', cause, 'conductor');
  escalate(draft, 'Production traffic is not what was ordered', cause, {
    severity: 'CRITICAL',
    helpNeeded: 'find out who moved the traffic, then `/resume` or `/rollback`',
  });
}

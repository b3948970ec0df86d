import { expireDemand } from '../commands/desk/demand.ts';
import { releaseDesk } from './desk.ts';
import type { ReleaseDraft } from './draft.ts';
import { onRestoreTimer } from './escalate.ts';
import { onObserved } from './observe.ts';
import { onDeploymentTimer } from './on-deployment.ts';
import { onQueueTimer } from './on-plan.ts';
import { onPreflightTimer } from './on-preflight.ts';
import { onTrackingTimer } from './on-settled.ts';
import { onOverrideTimer } from './override.ts';
import { advanceWhenConfigured } from './promote.ts';

/** A timer of ours has fired; one whose occasion has passed changes nothing. */
export function onTimer(draft: ReleaseDraft, timer: string): void {
  const [series = '', number = ''] = timer.split('/');
  const n = Number(number);
  switch (series) {
    case 'deploy':
      onDeploymentTimer(draft, n);
      break;
    case 'queue':
      if (n === draft.state.counters.queue) onQueueTimer(draft);
      break;
    case 'preflight':
      onPreflightTimer(draft, n);
      break;
    case 'tracking':
      onTrackingTimer(draft, n);
      break;
    case 'advance':
      if (n === draft.state.counters.advance && draft.state.plan !== null) advanceWhenConfigured(draft);
      break;
    case 'demand':
      expireDemand(releaseDesk(draft), n);
      break;
    case 'override':
      onOverrideTimer(draft, n);
      break;
    case 'restore':
      onRestoreTimer(draft, n);
      break;
    case 'observed':
      onObserved(draft);
      break;
    default:
      break;
  }
}

import { type Escalation, escalationRequest } from '../comms/escalation.ts';
import { incidentBody } from '../comms/incident.ts';
import { inlineText, shortInlineText } from '../gate/markdown.ts';
import type { ReleaseDraft } from './draft.ts';
import type { HoldCode } from './hindrance.ts';
import { notify } from './notify.ts';
import { isGoingBack } from './phase.ts';

/** Percent of production traffic from which on a version that has to go back is an outage of production. */
const outageWeight = 50;

/** Calls people: an incident issue, once, and a comment every time. */
export function escalate(
  draft: ReleaseDraft,
  title: string,
  cause: string,
  help: Pick<Escalation, 'severity' | 'helpNeeded'>,
): void {
  draft.note('release.escalated', 'conductor', cause, draft.state.hold?.code ?? null);
  const request = escalationRequest(draft.state, { ...help, issue: `${title}: ${cause}` });
  draft.comment(
    `escalation/${draft.next('escalation')}`,
    `🚨 **${title}.** ${inlineText(cause)}\n\n${request}`,
  );
  notify(draft, 'escalation', `${title}: ${cause}`);
  openIncident(draft, `Release ${draft.state.tag}: ${title.toLowerCase()}`, cause);
}

/** The incident issue of a release; there is one, whatever else happens. */
export function openIncident(draft: ReleaseDraft, title: string, cause: string): void {
  if (draft.state.counters.incident !== undefined) return;
  draft.emit(`incident/${draft.next('incident')}`, {
    kind: 'openIssue',
    title: shortInlineText(title, 250),
    labels: ['incident'],
    body: incidentBody(draft.state, cause, draft.now),
  });
}

/**
 * What people have to know of at once, although the traffic is going back already: security, damaged data, and an outage
 * of production (at least half of its traffic was on the version).
 *
 * @param weight percent of production traffic that the version had.
 */
export function escalateWhenGrave(draft: ReleaseDraft, code: HoldCode, cause: string, weight: number): void {
  const grave = graveness(code, weight);
  if (grave === null) return;
  escalate(draft, grave.title, cause, { severity: 'CRITICAL', helpNeeded: grave.helpNeeded });
}

function graveness(code: HoldCode, weight: number): { title: string; helpNeeded: string } | null {
  switch (code) {
    case 'SECURITY':
      return {
        title: 'Security vulnerability in production',
        helpNeeded:
          'find out whether it was exploited while the version had traffic; rotate what it could reach',
      };
    case 'DATA_INTEGRITY':
      return {
        title: 'Data integrity at risk',
        helpNeeded: 'find out what the version wrote, and repair or restore it; going back repairs no data',
      };
    case 'CANARY_BREACH':
    case 'SLO_BURN':
      if (weight < outageWeight) return null;
      return {
        title: 'The deployment causes an outage of production',
        helpNeeded: 'watch the way back, and tell who depends on the service',
      };
    default:
      return null;
  }
}

/** From the order to go back until `stop_conditions.restore_within`: then people are called. Trying again is no new order. */
export function watchRestoring(draft: ReleaseDraft): void {
  const { restore_within: limit } = draft.plan().config.stop_conditions;
  if (limit > 0) draft.timer(`restore/${draft.next('restore')}`, draft.now + limit);
}

export function onRestoreTimer(draft: ReleaseDraft, n: number): void {
  const { phase, counters } = draft.state;
  if (n !== counters.restore || !isGoingBack(phase)) return;
  const { previous, config } = draft.plan();
  const minutes = Math.round((config.stop_conditions.restore_within / 60_000) * 10) / 10;
  const cause = `${minutes} min after the order to go back nobody has confirmed that the traffic is on ${previous?.tag}`;
  escalate(draft, 'Service not restored in time', cause, {
    severity: 'CRITICAL',
    helpNeeded:
      'look at the pipeline and move the traffic by hand, then write `/rollback` so that it is confirmed',
  });
}

import { inlineText } from '../gate/markdown.ts';
import { phaseText } from '../release/phase.ts';
import type { ReleaseState } from '../release/state.ts';
import { trafficOf } from '../release/steps.ts';

export interface Escalation {
  readonly severity: 'CRITICAL' | 'HIGH';
  readonly issue: string;
  readonly helpNeeded: string;
}

/** The escalation request that teams know, filled in from the release. Markdown. */
export function escalationRequest(state: ReleaseState, { severity, issue, helpNeeded }: Escalation): string {
  const { tag, plan, phase, hold, timeline } = state;
  const config = plan?.config;
  const contacts = [...(config?.on_call ?? []), ...(config?.notify ?? []).map(({ name }) => name)];
  const actions = timeline.slice(-5).map(({ at, text }) => `  - ${new Date(at).toISOString()} ${text}`);
  return [
    '## Escalation Request',
    '- **Agent:** DevOps',
    `- **Unit ID:** ${inlineText(tag)}`,
    `- **Severity:** ${severity}`,
    `- **Issue:** ${inlineText(issue)}`,
    `- **Impact:** ${impact(state)} on this version`,
    '- **Actions Taken:**',
    ...(actions.length === 0 ? ['  - none yet'] : actions),
    `- **Current Status:** ${phaseText[phase]}${hold === null ? '' : `, held (${hold.code})`}`,
    `- **Help Needed:** ${inlineText(helpNeeded)}`,
    `- **Contacts Notified:** ${contacts.length === 0 ? 'nobody is configured' : contacts.map(inlineText).join(', ')}`,
  ].join('\n');
}

/** `up to 10 % of the traffic of production is`, and every production environment that is concerned. */
function impact(state: ReleaseState): string {
  const traffic = trafficOf(state);
  const concerned = traffic.filter(({ weight }) => weight > 0);
  const named = concerned.length > 0 ? concerned : traffic.slice(0, 1);
  const parts = named.map(
    ({ environment, weight }) => `${weight} % of the traffic of ${inlineText(environment)}`,
  );
  return `up to ${parts.length === 0 ? '0 % of the traffic of production' : parts.join(' and ')} is`;
}

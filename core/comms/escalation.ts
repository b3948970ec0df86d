import { inlineText } from '../gate/markdown.ts';
import { phaseText } from '../release/phase.ts';
import type { ReleaseState } from '../release/state.ts';

export interface Escalation {
  readonly severity: 'CRITICAL' | 'HIGH';
  readonly issue: string;
  readonly helpNeeded: string;
}

/** The escalation request that teams know, filled in from the release. Markdown. */
export function escalationRequest(state: ReleaseState, { severity, issue, helpNeeded }: Escalation): string {
  const { tag, plan, phase, hold, weight, timeline } = state;
  const config = plan?.config;
  const contacts = [...(config?.on_call ?? []), ...(config?.notify ?? []).map(({ name }) => name)];
  const actions = timeline.slice(-5).map(({ at, text }) => `  - ${new Date(at).toISOString()} ${text}`);
  return [
    '## Escalation Request',
    '- **Agent:** DevOps',
    `- **Unit ID:** ${inlineText(tag)}`,
    `- **Severity:** ${severity}`,
    `- **Issue:** ${inlineText(issue)}`,
    `- **Impact:** up to ${weight} % of the traffic of ${inlineText(state.deployment?.environment ?? config?.production_environment ?? 'production')} is on this version`,
    '- **Actions Taken:**',
    ...(actions.length === 0 ? ['  - none yet'] : actions),
    `- **Current Status:** ${phaseText[phase]}${hold === null ? '' : `, held (${hold.code})`}`,
    `- **Help Needed:** ${inlineText(helpNeeded)}`,
    `- **Contacts Notified:** ${contacts.length === 0 ? 'nobody is configured' : contacts.map(inlineText).join(', ')}`,
  ].join('\n');
}

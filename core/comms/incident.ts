import { cellText, inlineText } from '../gate/markdown.ts';
import type { ReleaseState } from '../release/state.ts';
import { postable } from './safe-text.ts';

/** First post of the incident issue: what happened, what was done, where to look. */
export function incidentBody(state: ReleaseState, cause: string, now: number): string {
  const { plan, tag, sha, trackingIssue, measuring, canaryRecords } = state;
  const values = measuring?.values ?? canaryRecords.at(-1)?.data ?? {};
  const numbers = Object.entries(values).map(
    ([name, value]) => `| ${cellText(name)} | ${formatNumber(value)} |`,
  );
  const lines = [
    `**Cause:** ${inlineText(cause)}`,
    '',
    `- Release \`${inlineText(tag)}\`, commit \`${sha}\`${trackingIssue === null ? '' : `, tracked in #${trackingIssue}`}`,
    `- Noticed at ${new Date(now).toISOString()}`,
    `- Last verified version: ${plan?.previous == null ? 'none' : `\`${inlineText(plan.previous.tag)}\``}`,
    `- On-call: ${plan === null || plan.config.on_call.length === 0 ? 'nobody named' : plan.config.on_call.join(' ')}`,
    plan?.config.runbook === undefined
      ? '- Runbook: none configured (`release.runbook`)'
      : `- Runbook: <${plan.config.runbook}>`,
  ];
  const table = numbers.length === 0 ? [] : ['', '| measured | value |', '|---|---|', ...numbers];
  return postable([...lines, ...table].join('\n'));
}

function formatNumber(value: unknown): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : cellText(String(value));
}

import { inlineText } from '../gate/markdown.ts';
import { fillTemplate } from './template.ts';

/** The three announcements of a release, word for word as teams know them. */
export const defaultTemplates = {
  'release-start':
    'Cutting `{{TARGET_VERSION}}` — stage canary starting. Gates: SLO/Perf/SupplyChain/Migrations/Policy. Evidence will attach on promote. On-call: {{ONCALL}}.',
  'auto-rollback':
    'Canary breach at **{{step}}%** — auto-rollback triggered. Cause: {{gate}}. Evidence + traces attached. Investigating.',
  ga: '`{{TARGET_VERSION}}` promoted to 100%. GA flags flipped: {{GA_FLAGS}}. Evidence bundle attached; +24h KPI compare scheduled.',
} as const;

/** `onCall`: handles from the config of the tagged commit; they are meant to notify. */
export function releaseStartText(tag: string, onCall: readonly string[]): string {
  return fillTemplate(defaultTemplates['release-start'], {
    TARGET_VERSION: { trusted: codeText(tag) },
    ONCALL: { trusted: onCall.length === 0 ? 'nobody named' : onCall.map(handle).join(' ') },
  });
}

/** `weight`: percent of traffic at the breach. */
export function autoRollbackText(weight: number, cause: string): string {
  return fillTemplate(defaultTemplates['auto-rollback'], {
    step: weight,
    gate: { trusted: inlineText(cause) },
  });
}

export function gaText(tag: string, flags: readonly string[]): string {
  return fillTemplate(defaultTemplates.ga, {
    TARGET_VERSION: { trusted: codeText(tag) },
    GA_FLAGS: flags.length === 0 ? 'none' : flags.join(', '),
  });
}

/** Text that stands between backticks. */
function codeText(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('`', "'");
}

/** `@login` or `@org/team`; anything else is plain text. */
function handle(text: string): string {
  return /^@?[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:\/[A-Za-z0-9._-]{1,100})?$/.test(text)
    ? `@${text.replace(/^@/, '')}`
    : inlineText(text);
}

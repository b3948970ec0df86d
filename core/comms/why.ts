import type { Demand } from '../commands/desk/state.ts';
import type { Obstacle } from '../commands/obstacle.ts';
import { type Permission, permittedText } from '../commands/permission.ts';
import { inlineText } from '../gate/markdown.ts';
import { obstacleLine } from './replies.ts';
import { postable } from './safe-text.ts';

/** Reasons that are about the person who asks, not about the release. */
const personal: ReadonlySet<string> = new Set(['NOT_PERMITTED', 'ROLE_UNKNOWN', 'BOT_NOT_PERMITTED']);

/** Why a release waits, and whom to ask. Markdown. */
export function whyReply(facts: {
  readonly next: string;
  readonly reasons: readonly Obstacle[];
  readonly asker: string;
  readonly permission: Permission;
  readonly demands: readonly Demand[];
}): string {
  const { next, reasons, asker, permission, demands } = facts;
  const standing = reasons.filter(({ code }) => !personal.has(code));
  const mayNot = reasons.some(({ code }) => personal.has(code));
  return postable(
    [
      `**Next:** ${next}`,
      '',
      ...(standing.length === 0
        ? ['Nothing stands against the next step.']
        : ['Against the next step stands:', '', ...standing.map(obstacleLine)]),
      ...(demands.length === 0 ? [] : ['', ...demands.map(demandLine)]),
      '',
      `Whom to ask: ${inlineText(permittedText(permission))}${mayNot ? `; ${inlineText(asker)} may not promote` : ''}.`,
    ].join('\n'),
  );
}

/** A command that waits, in one line. */
export function demandLine({ command, actor, open, until }: Demand): string {
  const what = open.map(({ message }) => inlineText(message)).join('; ');
  return `\`/${command.name}\` of ${inlineText(actor.login)} waits until ${new Date(until).toISOString()}: ${what}.`;
}

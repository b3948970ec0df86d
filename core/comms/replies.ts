import type { Command } from '../commands/command.ts';
import type { Demand } from '../commands/desk/state.ts';
import type { Obstacle } from '../commands/obstacle.ts';
import { type Permission, permittedText } from '../commands/permission.ts';
import { remedyOf } from '../commands/remedy.ts';
import { inlineText } from '../gate/markdown.ts';
import { postable } from './safe-text.ts';

/** The one reply to a refused command: every reason with its code, how to proceed, and whom to ask. */
export function refusedReply(
  command: Command,
  reasons: readonly Obstacle[],
  permission: Permission | null = null,
): string {
  const lines = reasons.map(obstacleLine);
  const isPersonal = reasons.some(({ code }) => code === 'NOT_PERMITTED');
  const whom =
    isPersonal && permission !== null ? ['', `Whom to ask: ${inlineText(permittedText(permission))}.`] : [];
  return postable(
    [`❌ ${written(command)} was refused, nothing was changed.`, '', ...lines, ...whom].join('\n'),
  );
}

/** One reason of a list: its code, the sentence, and how to proceed. */
export function obstacleLine({ code, message }: Obstacle): string {
  const remedy = remedyOf(code);
  return `- \`${inlineText(code)}\`: ${inlineText(message)}.${remedy === null ? '' : ` ${remedy}`}`;
}

/** The one reply to a command that could not be read. `message` is the grammar's own text. */
export function malformedReply(code: string, message: string): string {
  return postable(
    `❔ \`${inlineText(code)}\`: ${message}. Nothing was changed; \`/help\` lists the commands.`,
  );
}

/** The one reply to an accepted command. `consequence` is our own Markdown. */
export function acceptedReply(consequence: string, approvedBy: readonly string[] = []): string {
  const by = approvedBy.length === 0 ? '' : `\n\nApproved by ${approvedBy.map(inlineText).join(', ')}.`;
  return postable(`✅ ${consequence}${by}`);
}

/** The reply to `--dry-run`: what would happen, or what stands against it. */
export function rehearsedReply(
  command: Command,
  reasons: readonly Obstacle[],
  consequence: string | null,
): string {
  const lines = reasons.map(obstacleLine);
  const text =
    consequence === null
      ? [`🧪 Dry run: ${written(command)} would be refused.`, '', ...lines]
      : [
          `🧪 Dry run: ${written(command)} would ${lines.length === 0 ? 'be done' : 'wait'}; nothing was changed.`,
          '',
          ...(lines.length === 0 ? [] : ['It would wait for:', '', ...lines, '', 'And then:', '']),
          consequence,
        ];
  return postable(text.join('\n'));
}

/** The reply to a command that is allowed and waits for somebody. */
export function waitingReply(
  { command, actor, sha, open, approvals, stepUp, stepUpUrl, until }: Demand,
  approvers: Permission,
): string {
  const short = sha.slice(0, 12);
  const lines = open.map(({ code, message }) => {
    if (code === 'SECOND_APPROVER') {
      return `- \`${code}\`: another person writes \`/approve ${short}\`. Whom to ask: ${inlineText(permittedText(approvers))}.`;
    }
    if (code === 'STEP_UP') {
      const link = stepUpUrl === null ? 'the page is being opened' : `[confirm here](${stepUpUrl})`;
      return `- \`${code}\`: ${inlineText(actor.login)} confirms with a passkey: ${link}.`;
    }
    return `- \`${inlineText(code)}\`: ${inlineText(message)}.`;
  });
  const done = [
    ...approvals.map(({ login }) => `- approved by ${inlineText(login)}`),
    ...(stepUp === null ? [] : [`- confirmed by ${inlineText(stepUp.login)}`]),
  ];
  return postable(
    [
      `⏳ ${written(command)} for \`${short}\` is allowed and waits until ${new Date(until).toISOString()} for:`,
      '',
      ...lines,
      ...(done.length === 0 ? [] : ['', 'So far:', '', ...done]),
    ].join('\n'),
  );
}

/** The reply to a command that waited and will not be carried out. */
export function endedReply({ command }: Demand, code: string, why: string): string {
  return postable(
    [
      `❌ ${written(command)} is not carried out any more, nothing was changed.`,
      '',
      obstacleLine({ code, message: why }),
    ].join('\n'),
  );
}

function written(command: Command): string {
  return command.name === 'promote' ? `\`/promote ${command.weight}\`` : `\`/${command.name}\``;
}

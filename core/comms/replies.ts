import type { Command } from '../commands/command.ts';
import type { Demand } from '../commands/desk/state.ts';
import type { Obstacle } from '../commands/obstacle.ts';
import { type Permission, permittedText } from '../commands/permission.ts';
import { inlineText } from '../gate/markdown.ts';
import { postable } from './safe-text.ts';

/** How to proceed after each refusal; a code that is not here is explained by its message alone. */
const howTo: Readonly<Record<string, string>> = {
  HEAD_MOVED: 'Look at the new commit, then repeat the command for it.',
  RELEASE_HELD: 'Settle the reason, then write `/resume`.',
  STAGE_NOT_VERIFIED: 'Wait for the stage; the tracking issue says what is missing.',
  STEP_IN_PROGRESS: 'Wait for the step under way.',
  ROLLBACK_IN_PROGRESS: 'Wait for the rollback to end.',
  RELEASE_ENDED: 'Tag a new version.',
  NO_FURTHER_STEP: 'Nothing is left to promote.',
  STEP_SKIPPED: 'Promote step by step: `/promote next`.',
  STEP_ALREADY_REACHED: 'Promote to the next step: `/promote next`.',
  UNKNOWN_STEP: 'Promote to the next step: `/promote next`.',
  NOT_READY: 'Wait; the status shows when the step is ready.',
  NOTHING_TO_ROLL_BACK: 'Stop the release with `/hold` instead.',
  NO_VERIFIED_VERSION: 'Fix forward: tag a new version.',
  NOT_HELD: 'Nothing to do.',
  NOT_PERMITTED: 'Ask somebody who may; `/whocan` names them.',
  SELF_APPROVAL: 'Two different persons are needed.',
  NOTHING_TO_APPROVE: 'Nothing to do.',
  NOTHING_TO_REJECT: 'Nothing to do.',
  APPROVED_ALREADY: 'Wait for what else is asked for.',
  AMBIGUOUS: 'Reject the one that is not meant with `/reject`.',
  APPROVAL_EXPIRED: 'Write the command again.',
  REPLACED: 'Look at the newer one.',
  REJECTED: 'Settle it with that person, then write the command again.',
  COMMAND_EDITED: 'Write the command again, in a new comment.',
  STEP_UP_UNAVAILABLE: 'An administrator of the Conductor sets up the sign-in with GitHub.',
  REASON_MISSING: 'Write the command again with `reason="…"`, 10 characters or more.',
  REASON: 'Add `reason="…"`, 10 characters or more.',
  SECOND_APPROVER: 'Another person writes `/approve`.',
  STEP_UP: 'Whoever commands confirms with a passkey, on a page that the reply links to.',
  NOTHING_BLOCKS: 'Nothing to do.',
  GATE_UNKNOWN: 'Name a gate that this release requires.',
  GATE_NEVER_RAN: 'Run the workflow that submits its result.',
  GATE_RERUNNING: 'Wait for its new result.',
  CODEOWNERS_UNKNOWN: 'See that CODEOWNERS can be read and that the release changes fewer than 300 files.',
  ROLE_UNKNOWN: 'GitHub did not say what role you have; try again, else ask an administrator.',
  BOT_NOT_PERMITTED: 'A person has to write this command.',
  GATE_MISSING: 'Run the workflow that submits the gate’s result for this commit.',
  GATE_FAILED: 'Fix the finding and tag a new version, or re-run the gate.',
  GATE_STALE: 'Re-run the gate for this commit.',
  GATE_OTHER_COMMIT: 'Run the gate for exactly this commit.',
  FREEZE: 'Wait for the end of the freeze.',
  OUTSIDE_WINDOW: 'Wait for the next window.',
  ENVIRONMENT_LOCKED: 'Ask the owner, or write `/unlock`.',
  LOCK_UNREADABLE: 'Try again; nothing is promoted while that is not known.',
  RELEASE_NOT_PLANNED: 'Correct the problems that the issue lists, and tag a new version.',
  NOT_LOCKED: 'Nothing to do.',
  FAILURE_UNRESOLVED: 'Write `/unblock` with the reason, here, when it is resolved.',
  SLO_BURNING: 'Wait until the error budget burns no more.',
  SLO_BURN_UNKNOWN: 'See that the metrics of the SLOs can be read.',
  HEADROOM_TOO_SMALL: 'Add capacity, then run the perf gate again.',
  HEADROOM_UNKNOWN: 'Give the perf gate a load test that reaches saturation.',
  MIGRATION_NOT_READY: 'Finish the migration, then run its gate again.',
  MIGRATION_UNKNOWN: 'Run the migrations gate for this commit.',
  DR_STALE: 'Run a recovery drill and commit its result.',
  DR_UNKNOWN: 'Run a recovery drill and commit its result.',
  PROVENANCE_UNVERIFIED: 'Build and attest the artifacts in a trusted workflow.',
  PROVENANCE_UNKNOWN: 'Name the artifacts in `gates.supply-chain`, so that they are checked.',
  PREVIEWS_UNCLEAN: 'Sweep the previews that are left over.',
  PREVIEWS_UNKNOWN: 'Nothing reports previews; take the clause out, or turn previews on.',
  NEWER_RELEASE: 'Write `/rollback` in the issue of that release.',
  ASSESSMENT_FAILED: 'Try again; nothing was changed.',
};

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
  const help = howTo[code];
  return `- \`${inlineText(code)}\`: ${inlineText(message)}.${help === undefined ? '' : ` ${help}`}`;
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

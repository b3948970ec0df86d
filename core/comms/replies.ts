import type { ReleaseCommand } from '../flow/event.ts';
import { inlineText } from '../gate/markdown.ts';
import type { ReleaseState } from '../release/state.ts';
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
  NOT_PERMITTED: 'Ask somebody who is named in `release.permissions`.',
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
  FAILURE_UNRESOLVED: 'Write `/resume` in the issue of the failed release when it is resolved.',
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

/** The one reply to a refused command: every reason with its code, and how to proceed. */
export function refusedReply(
  command: ReleaseCommand,
  reasons: readonly { readonly code: string; readonly message: string }[],
): string {
  const lines = reasons.map(({ code, message }) => {
    const help = howTo[code];
    return `- \`${inlineText(code)}\`: ${inlineText(message)}.${help === undefined ? '' : ` ${help}`}`;
  });
  return postable([`❌ ${written(command)} was refused, nothing was changed.`, '', ...lines].join('\n'));
}

/** The one reply to a command that could not be read. `message` is the grammar's own text. */
export function malformedReply(code: string, message: string): string {
  return postable(
    `❔ \`${inlineText(code)}\`: ${message}. Nothing was changed; \`/help\` lists the commands.`,
  );
}

/** The one reply to an accepted command, written after it has changed `state`. */
export function acceptedReply(command: ReleaseCommand, state: ReleaseState): string {
  return postable(`✅ ${consequence(command, state)}`);
}

function consequence(command: ReleaseCommand, state: ReleaseState): string {
  switch (command.name) {
    case 'promote':
      return `Going to **${state.deployment?.weight ?? '?'} %** of production traffic.`;
    case 'rollback':
      return `Going back to \`${inlineText(state.deployment?.version ?? '?')}\` with all production traffic.`;
    case 'hold':
      return 'Held: nothing is promoted until `/resume`. Measuring and automatic rollback go on.';
    case 'resume':
      return state.phase === 'rolled_back'
        ? 'Resolved: other releases may be promoted again. This one stays rolled back.'
        : 'Resumed.';
    case 'lock':
      return `Locked until ${new Date(state.lock?.until ?? 0).toISOString()}: only ${inlineText(state.lock?.owner ?? '?')} promotes. Rollback and hold work for everybody as before.`;
    case 'unlock':
      return 'Unlocked.';
    case 'status':
    case 'help':
      return '';
  }
}

function written(command: ReleaseCommand): string {
  return command.name === 'promote' ? `\`/promote ${command.weight}\`` : `\`/${command.name}\``;
}

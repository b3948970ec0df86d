import type { Command } from '../commands/command.ts';
import type { PendingCommand } from '../commands/desk/state.ts';
import { commandHelp, helpText } from '../commands/help-text.ts';
import type { Obstacle } from '../commands/obstacle.ts';
import { whoCanText } from '../commands/who-can.ts';
import { deploymentPlan } from '../comms/deployment-plan.ts';
import { flagsTable } from '../comms/flags.ts';
import { verdictTable } from '../comms/verdict-table.ts';
import { whyReply } from '../comms/why.ts';
import { flagNames, noFlags } from '../flags/model.ts';
import { placeOfCommand, releasePermission } from './assess.ts';
import type { ReleaseDraft } from './draft.ts';
import { nextText } from './next-text.ts';
import { renderStatus } from './render-status.ts';

/** The answer to a question that the release can answer by itself. Markdown. */
export function answerQuestion({ state, now }: ReleaseDraft, command: Command): string {
  switch (command.name) {
    case 'help':
      return command.of === null ? helpText('release') : commandHelp(command.of);
    case 'whocan':
      return whoCanText(
        command.of,
        releasePermission(state, command.of),
        state.plan === null ? null : placeOfCommand(state, command.of).environment,
      );
    case 'plan':
      return (
        deploymentPlan(state) || 'There is no plan yet: the config of the tagged commit is still being read.'
      );
    case 'flags':
      return flagsTable(
        flagNames(state.plan?.config.ga_flags ?? [], state.flags ?? noFlags),
        state.flags ?? noFlags,
      );
    case 'gates':
      return state.plan === null
        ? 'There is no plan yet.'
        : verdictTable(state.plan.config.required_gates, state.gates);
    default:
      return renderStatus(state, now).body;
  }
}

/** Why it waits and whom to ask, after everything was looked at. `reasons`: what stands against the next step. */
export function explainWaiting(
  { state, now }: ReleaseDraft,
  { actor }: PendingCommand,
  reasons: readonly Obstacle[],
): string {
  return whyReply({
    next: nextText(state, now, true),
    reasons,
    asker: actor.login,
    permission: releasePermission(state, 'promote'),
    demands: state.demands,
  });
}

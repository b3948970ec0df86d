import type { Command } from './command.ts';
import type { CommandDefinition } from './definition.ts';
import { abortCommand } from './list/abort.ts';
import { approveCommand } from './list/approve.ts';
import { escalateCommand } from './list/escalate.ts';
import { flagsCommand } from './list/flags.ts';
import { gatesCommand } from './list/gates.ts';
import { helpCommand } from './list/help.ts';
import { holdCommand } from './list/hold.ts';
import { lockCommand } from './list/lock.ts';
import { overrideCommand } from './list/override.ts';
import { planCommand } from './list/plan.ts';
import { previewCommand } from './list/preview.ts';
import { promoteCommand } from './list/promote.ts';
import { rejectCommand } from './list/reject.ts';
import { resumeCommand } from './list/resume.ts';
import { rollbackCommand } from './list/rollback.ts';
import { statusCommand } from './list/status.ts';
import { unblockCommand } from './list/unblock.ts';
import { unlockCommand } from './list/unlock.ts';
import { whocanCommand } from './list/whocan.ts';
import { whyCommand } from './list/why.ts';
import { type CommandName, commandNames } from './names.ts';

/** The definition of each command: a name without one does not compile. */
const definitions: { readonly [Name in CommandName]: CommandDefinition<Name> } = {
  promote: promoteCommand,
  rollback: rollbackCommand,
  abort: abortCommand,
  hold: holdCommand,
  resume: resumeCommand,
  approve: approveCommand,
  reject: rejectCommand,
  override: overrideCommand,
  lock: lockCommand,
  unlock: unlockCommand,
  unblock: unblockCommand,
  gates: gatesCommand,
  flags: flagsCommand,
  preview: previewCommand,
  escalate: escalateCommand,
  plan: planCommand,
  status: statusCommand,
  why: whyCommand,
  whocan: whocanCommand,
  help: helpCommand,
};

/** Every slash command, in the order in which `/help` lists them. */
export const commandRegistry: readonly CommandDefinition[] = commandNames.map(definitionOf);

/** The definition of a command that was parsed. */
export function definitionOf(name: CommandName): CommandDefinition {
  return definitions[name] as CommandDefinition;
}

/** Whether a command changes anything; what does not is answered to everybody. */
export function changesAnything(command: Command): boolean {
  return definitionOf(command.name).changes(command);
}

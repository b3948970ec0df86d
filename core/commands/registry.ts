import type { ReleaseCommand } from '../flow/event.ts';
import type { CommandDefinition } from './definition.ts';
import { helpCommand } from './list/help.ts';
import { holdCommand } from './list/hold.ts';
import { lockCommand } from './list/lock.ts';
import { promoteCommand } from './list/promote.ts';
import { resumeCommand } from './list/resume.ts';
import { rollbackCommand } from './list/rollback.ts';
import { statusCommand } from './list/status.ts';
import { unlockCommand } from './list/unlock.ts';

/** Every slash command, in the order in which `/help` lists them. */
export const commandRegistry: readonly CommandDefinition[] = [
  promoteCommand,
  rollbackCommand,
  holdCommand,
  resumeCommand,
  lockCommand,
  unlockCommand,
  statusCommand,
  helpCommand,
];

/** The definition of a command that was parsed. */
export function definitionOf(name: ReleaseCommand['name']): CommandDefinition {
  const found = commandRegistry.find((definition) => definition.name === name);
  if (found === undefined) throw new TypeError(`no definition of /${name} in the registry`);
  return found;
}

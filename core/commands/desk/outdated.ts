import type { CommandName } from '../names.ts';
import type { Obstacle } from '../obstacle.ts';
import type { PendingCommand } from './state.ts';

/** A command that opens the way is meant for the moment in which it is written, ms. What stops or goes back counts always. */
const countsFor = 3_600_000;
const opening: ReadonlySet<CommandName> = new Set([
  'promote',
  'resume',
  'approve',
  'override',
  'unlock',
  'unblock',
  'flags',
]);

/**
 * What forbids a command that nobody could hear for long, such as one that was written while the Conductor or GitHub's
 * webhooks were down: nobody expects it to be carried out any more.
 *
 * @param now when it is heard, ms since the epoch.
 */
export function outdated({ command, source }: PendingCommand, now: number): readonly Obstacle[] {
  const age = now - (source.writtenAt ?? now);
  if (!opening.has(command.name) || age <= countsFor) return [];
  const written = new Date(now - age).toISOString();
  return [
    {
      code: 'COMMAND_OUTDATED',
      message: `it was written at ${written} and could not be heard for ${Math.floor(age / 60_000)} minutes`,
    },
  ];
}

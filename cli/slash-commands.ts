import type { CommandName } from '../core/commands/names.ts';
import type { CliEntry } from './command.ts';

/** `help` explains this program, and `status` reads without asking anybody. */
type Spoken = Exclude<CommandName, 'help' | 'status'>;

/** In words for the overview; the rest comes from the command's definition once it is called. */
const summaries: Readonly<Record<Spoken, string>> = {
  promote: 'ask for the next step of a release',
  rollback: 'ask for the last verified version back',
  abort: 'ask that a release ends',
  hold: 'ask that nothing is promoted',
  resume: 'ask that a hold ends',
  approve: 'approve, as a second person, what waits for one',
  reject: 'refuse what waits for an approval',
  override: 'break glass: let a release pass a gate for a while',
  lock: 'keep everybody else from promoting',
  unlock: 'take the lock off',
  unblock: 'say that a failed release is resolved',
  gates: 'show the gates of a commit, or run them again',
  flags: 'show, kill or restore the flags of a release',
  preview: 'start, extend, put to sleep or destroy the preview of a pull request',
  escalate: 'call the people on call',
  plan: 'show what will be done',
  why: 'ask why it is waiting, and whom to ask',
  whocan: 'ask who may use a command',
};

/** One command of the program for each slash command. */
export const slashCommands: readonly CliEntry[] = Object.entries(summaries).map(([name, summary]) => ({
  name,
  summary,
  load: async () => (await import('./commands/slash.ts')).slashCommand(name as Spoken),
}));

import { InputError } from '../../core/errors.ts';
import type { CliCommand, CliEntry } from '../command.ts';

/** A command that is planned: its name is taken, and it says so instead of doing half of it. */
export function later(name: string, purpose: string): CliEntry {
  const command: CliCommand = {
    usage: '',
    description: `${purpose} Not in this version yet.`,
    options: {},
    examples: [[`${name} --help`, 'what it will be for']],
    run() {
      throw new InputError(
        'NOT_YET',
        `${name} is not in this version yet: ${purpose}`,
        'see: release-conductor --help',
      );
    },
  };
  return { name, summary: `(later) ${purpose}`, load: async () => command };
}

import { parseArgs } from 'node:util';
import { InputError } from '../core/errors.ts';

export interface DemoArguments {
  readonly keep: boolean;
  readonly scenario: string | undefined;
  readonly directory: string | undefined;
  readonly kill: number;
}

const help = 'use --keep, --scenario NAME, --directory DIR or --kill N (how often the Conductor is killed)';

/** The demo's command line. @throws InputError that names the option which is wrong. */
export function parseDemoArguments(args: readonly string[]): DemoArguments {
  const { keep = false, scenario, directory, kill = '0' } = optionsIn(args);
  if (!/^\d{1,3}$/.test(kill)) {
    throw new InputError('USAGE', `--kill: expected a number from 0 to 999, found "${kill}"`, help);
  }
  return { keep, scenario, directory, kill: Number(kill) };
}

function optionsIn(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        keep: { type: 'boolean' },
        scenario: { type: 'string' },
        directory: { type: 'string' },
        kill: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new InputError('USAGE', error instanceof Error ? error.message : String(error), help);
  }
}

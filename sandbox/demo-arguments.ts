import { parseArgs } from 'node:util';
import { InputError } from '../core/errors.ts';

export interface DemoArguments {
  readonly keep: boolean;
  readonly scenario: string | undefined;
  readonly directory: string | undefined;
  readonly kill: number;
  readonly seed: number;
}

const help =
  'use --keep, --scenario NAME, --directory DIR, --kill N (how often the Conductor is killed) or --seed N (when)';

/** The demo's command line. @throws InputError that names the option which is wrong. */
export function parseDemoArguments(args: readonly string[]): DemoArguments {
  const { keep = false, scenario, directory, kill = '0', seed = '1' } = optionsIn(args);
  if (!/^\d{1,3}$/.test(kill)) {
    throw new InputError('USAGE', `--kill: expected a number from 0 to 999, found "${kill}"`, help);
  }
  if (!/^\d{1,9}$/.test(seed)) {
    throw new InputError('USAGE', `--seed: expected a number from 0 to 999999999, found "${seed}"`, help);
  }
  return { keep, scenario, directory, kill: Number(kill), seed: Number(seed) };
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
        seed: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new InputError('USAGE', error instanceof Error ? error.message : String(error), help);
  }
}

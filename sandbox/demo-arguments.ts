import { readNumber, readOptions } from '../adapters/node-io/command-line.ts';

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
  const {
    keep = false,
    scenario,
    directory,
    kill = '0',
    seed = '1',
  } = readOptions(
    args,
    {
      keep: { type: 'boolean' },
      scenario: { type: 'string' },
      directory: { type: 'string' },
      kill: { type: 'string' },
      seed: { type: 'string' },
    },
    help,
  );
  return {
    keep,
    scenario,
    directory,
    kill: readNumber('kill', kill, { least: 0, most: 999 }, help),
    seed: readNumber('seed', seed, { least: 0, most: 999_999_999 }, help),
  };
}

import { readNumber, readOptions } from '../adapters/node-io/command-line.ts';
import { scenarios } from './scenario/registry.ts';

export interface DemoArguments {
  readonly keep: boolean;
  readonly scenario: string | undefined;
  readonly directory: string | undefined;
  readonly kill: number;
  readonly seed: number;
}

const help = `npm run demo -- [--keep] [--scenario NAME] [--directory DIR] [--kill N] [--seed N]
  --keep           leaves everything running at the end and prints the addresses
  --scenario NAME  plays one scenario, after those that it needs: ${scenarios.map(({ name }) => name).join(', ')}
  --directory DIR  keeps evidence and logs there (default .conductor/demo-<time>)
  --kill N         kills the Conductor with kill -9 so many times, at random moments (default 0)
  --seed N         which random moments those are (default 1)
SIMULATE=true prints the effects instead of performing them.`;

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

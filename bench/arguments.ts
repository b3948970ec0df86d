import { parseArgs } from 'node:util';
import { InputError } from '../core/errors.ts';

export interface BenchArguments {
  readonly json: boolean;
  /** The one benchmark to run; undefined: all of them. */
  readonly only: string | undefined;
  readonly rounds: number;
}

/**
 * The benchmarks' command line.
 *
 * @param names every benchmark there is.
 * @throws InputError `USAGE` that says what was found and what there is.
 */
export function parseBenchArguments(args: readonly string[], names: readonly string[]): BenchArguments {
  const help = `use --json, --only ${names.join('|')} or --rounds N`;
  const { json = false, only, rounds = '5' } = optionsIn(args, help);
  if (only !== undefined && !names.includes(only)) {
    throw new InputError('USAGE', `--only: there is no benchmark "${only}"`, help);
  }
  if (!/^[1-9]\d{0,3}$/.test(rounds)) {
    throw new InputError('USAGE', `--rounds: expected a number from 1 to 9999, found "${rounds}"`, help);
  }
  return { json, only, rounds: Number(rounds) };
}

function optionsIn(args: readonly string[], help: string) {
  try {
    return parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' }, only: { type: 'string' }, rounds: { type: 'string' } },
    }).values;
  } catch (error) {
    throw new InputError('USAGE', error instanceof Error ? error.message : String(error), help);
  }
}

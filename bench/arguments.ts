import { readNumber, readOptions } from '../adapters/node-io/command-line.ts';
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
  const {
    json = false,
    only,
    rounds = '5',
  } = readOptions(
    args,
    { json: { type: 'boolean' }, only: { type: 'string' }, rounds: { type: 'string' } },
    help,
  );
  if (only !== undefined && !names.includes(only)) {
    throw new InputError('USAGE', `--only: there is no benchmark "${only}"`, help);
  }
  return { json, only, rounds: readNumber('rounds', rounds, { least: 1, most: 9_999 }, help) };
}

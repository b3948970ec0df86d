import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { ConductorError, InputError } from '../../core/errors.ts';

/** Not a failure: somebody asked what there is to use. */
class HelpAsked extends Error {}

/**
 * The options on the command line of a script; positional arguments are refused. `--help` and `-h` end the script: what
 * it throws then is for `runScript`.
 *
 * @param help what there is to use, in one text.
 * @throws InputError `USAGE` that names the option which is unknown or lacks its value.
 */
export function readOptions<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
  help: string,
) {
  if (args.includes('--help') || args.includes('-h')) throw new HelpAsked(help);
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InputError('USAGE', error.message.split('\n')[0] ?? error.message, help);
  }
}

/** The numbers that an option takes; both ends belong to it. */
export interface NumberRange {
  readonly least: number;
  readonly most: number;
  /** Fractions too; whole numbers otherwise. */
  readonly fractions?: true;
}

/**
 * The number that an option was given, written in decimal digits.
 *
 * @throws InputError `USAGE` that says which numbers are expected and what was found.
 */
export function readNumber(
  option: string,
  text: string,
  { least, most, fractions }: NumberRange,
  help: string,
): number {
  const form = fractions ? /^\d{1,15}(\.\d{1,15})?$/ : /^\d{1,15}$/;
  const value = form.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const kind = fractions ? 'a number' : 'a whole number';
  throw new InputError(
    'USAGE',
    `--${option}: expected ${kind} from ${least} to ${most}, found "${text}"`,
    help,
  );
}

/**
 * Runs a script and leaves its status as the process's exit status. Help goes to stdout; what the script refuses is
 * told in two lines on stderr; only a defect of ours ends in a stack trace.
 */
export async function runScript(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (error instanceof HelpAsked) {
      process.stdout.write(`${error.message}\n`);
      process.exitCode = 0;
      return;
    }
    if (!(error instanceof ConductorError)) throw error;
    process.stderr.write(`error: ${error.message}\n${error.help}\n`);
    process.exitCode = error.exitStatus;
  }
}

import { parseArgs } from 'node:util';
import { InputError } from '../core/errors.ts';
import { suggest } from '../core/gate/suggest.ts';
import type { CliCommand, CliInput } from './command.ts';

/**
 * Parses what follows a command's name.
 *
 * @throws InputError `USAGE`; an unknown option comes with the one that was probably meant.
 */
export function parseInput(name: string, command: CliCommand, argv: readonly string[]): CliInput {
  try {
    const { values, positionals, tokens } = parseArgs({
      args: [...argv],
      options: parseOptionsOf(command),
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
    const given = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    refuseRepeated(name, command, given);
    return inputOf(positionals, values);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw usage(name, command, error);
  }
}

/** An option with one value that is given twice would lose one of them silently. */
function refuseRepeated(name: string, { options }: CliCommand, given: readonly string[]): void {
  const repeated = given.find((key, at) => {
    const option = options[key];
    return given.indexOf(key) < at && option !== undefined && 'value' in option && option.many !== true;
  });
  if (repeated === undefined) return;
  throw new InputError(
    'USAGE',
    `--${repeated} is given more than once`,
    `give one (release-conductor ${name} --help)`,
  );
}

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

function parseOptionsOf({ options }: CliCommand) {
  return Object.fromEntries(
    Object.entries({ ...options, help: { help: '', short: 'h' } }).map(([key, option]) => [
      key,
      {
        type: 'value' in option ? ('string' as const) : ('boolean' as const),
        multiple: 'many' in option && option.many === true,
        ...(option.short === undefined ? {} : { short: option.short }),
      },
    ]),
  );
}

function inputOf(args: readonly string[], values: Values): CliInput {
  const texts = (key: string): readonly string[] => {
    const value = values[key];
    return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
  };
  return {
    args,
    texts,
    text: (key) => texts(key).at(-1) ?? null,
    flag: (key) => values[key] === true,
  };
}

function usage(name: string, command: CliCommand, error: TypeError): InputError {
  const unknown = /^Unknown option '([^']+)'/.exec(error.message)?.[1];
  const known = [...Object.keys(command.options), 'help'].map((key) => `--${key}`);
  const meant = unknown === undefined ? null : suggest(unknown, known);
  const message =
    unknown === undefined ? (error.message.split('\n')[0] ?? error.message) : `unknown option ${unknown}`;
  return new InputError(
    'USAGE',
    message,
    meant === null ? `see: release-conductor ${name} --help` : `did you mean ${meant}?`,
  );
}

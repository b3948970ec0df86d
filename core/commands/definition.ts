import type { Command, CommandOptions, Place } from './command.ts';

/** What is wrong with the arguments, for the person who wrote them. */
export interface ArgumentProblem {
  readonly code: 'MISSING_ARGUMENT' | 'BAD_ARGUMENT';
  readonly message: string;
}

export type ParsedArguments<One> =
  | { readonly ok: true; readonly command: One }
  | { readonly ok: false; readonly problem: ArgumentProblem };

/** The arguments of one line, options taken off. */
export interface Arguments extends CommandOptions {
  /** Split at blanks. */
  readonly words: readonly string[];
  /** The same part of the line as it was written, trimmed. */
  readonly text: string;
}

/**
 * Who may, while the config's `permissions` name nobody for the command: the people of a key of
 * `release.permissions`, or the holders of a role (`role_name`).
 */
export type DefaultPermission = 'promote' | 'rollback' | 'hold' | { readonly roles: readonly string[] };

/**
 * One slash command. A new one is a file with one of these, its name in `names.ts`, its shape in `command.ts` and
 * its line in the registry; help, docs, the CLI and the API come from here.
 */
export interface CommandDefinition<Name extends Command['name'] = Command['name']> {
  readonly name: Name;
  /** How it is written: `/promote [weight|next] [sha]`. */
  readonly usage: string;
  readonly summary: string;
  /** What else a person should know before using it, for `--help` and the docs. One paragraph. */
  readonly details: string;
  readonly examples: readonly string[];
  readonly places: readonly Place[];
  readonly permission: DefaultPermission;
  /**
   * Whether it changes anything. What changes nothing is answered to everybody at once; what does is assessed, and
   * at most one such command fits into one comment.
   */
  changes(command: Extract<Command, { name: Name }>): boolean;
  /** Whether the arguments are prose in any language; otherwise they are ASCII. */
  readonly freeText: boolean;
  parse(given: Arguments): ParsedArguments<Extract<Command, { name: Name }>>;
}

export const always = (): boolean => true;
export const never = (): boolean => false;

export function good<One>(command: One): ParsedArguments<One> {
  return { ok: true, command };
}

export function bad(code: ArgumentProblem['code'], message: string): ParsedArguments<never> {
  return { ok: false, problem: { code, message } };
}

/** A command that takes nothing. */
export function noArguments<One extends { readonly name: string }>(
  command: One,
): (given: Arguments) => ParsedArguments<One> {
  return ({ words }) =>
    words.length === 0
      ? good(command)
      : bad('BAD_ARGUMENT', `\`/${command.name}\` takes no argument; remove what follows it`);
}

/** A command whose whole rest is a reason, given bare or as `reason="…"`. */
export function onlyReason<One extends { readonly name: string; readonly reason: string }>(
  make: (reason: string) => One,
): (given: Arguments) => ParsedArguments<One> {
  return ({ text, reason }) => good(make(parseReason(text === '' ? reason : text)));
}

/** Longest reason that is kept, in characters. */
const reasonLimit = 300;

/** A reason in free text: one line, well-formed, cut to `reasonLimit`. Empty when none was given. */
export function parseReason(text: string): string {
  const line = text.toWellFormed().replace(/\s+/g, ' ').trim();
  return [...line].slice(0, reasonLimit).join('');
}

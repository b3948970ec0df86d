import type { ReleaseCommand } from '../flow/event.ts';

/** What is wrong with the arguments, for the person who wrote them. */
export interface ArgumentProblem {
  readonly code: 'MISSING_ARGUMENT' | 'BAD_ARGUMENT';
  readonly message: string;
}

export type ParsedArguments<Command> =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly problem: ArgumentProblem };

/**
 * One slash command. A new one is one file with one of these and one line in the registry. `words` are the
 * arguments split at blanks, `text` is the same part of the line as it was written, trimmed.
 */
export interface CommandDefinition<Command extends { readonly name: string } = ReleaseCommand> {
  readonly name: Command['name'];
  /** How it is written: `/promote <weight|next> [sha]`. */
  readonly usage: string;
  readonly summary: string;
  /** Key of `release.permissions` in the config; `everybody`: any person, never a bot. */
  readonly permission: 'promote' | 'rollback' | 'hold' | 'everybody';
  /** Whether it changes the release. At most one such command fits into one comment. */
  readonly changes: boolean;
  /** Whether the arguments are prose in any language; otherwise they are ASCII. */
  readonly freeText: boolean;
  parse(words: readonly string[], text: string): ParsedArguments<Command>;
}

export function good<Command>(command: Command): ParsedArguments<Command> {
  return { ok: true, command };
}

export function bad(code: ArgumentProblem['code'], message: string): ParsedArguments<never> {
  return { ok: false, problem: { code, message } };
}

/** A command that takes nothing. */
export function noArguments<Command extends { readonly name: string }>(
  command: Command,
): (words: readonly string[]) => ParsedArguments<Command> {
  return (words) =>
    words.length === 0
      ? good(command)
      : bad('BAD_ARGUMENT', `\`/${command.name}\` takes no argument; remove what follows it`);
}

/** Longest reason that is kept, in characters. */
const reasonLimit = 300;

/** A reason in free text: one line, well-formed, cut to `reasonLimit`. Empty when none was given. */
export function parseReason(text: string): string {
  const line = text.toWellFormed().replace(/\s+/g, ' ').trim();
  return [...line].slice(0, reasonLimit).join('');
}

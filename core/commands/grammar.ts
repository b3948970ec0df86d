import { suggest } from '../gate/suggest.ts';
import { type Invocation, noOptions, type Place } from './command.ts';
import type { ArgumentProblem, CommandDefinition } from './definition.ts';
import { codePointName, oddCharacter, skeleton } from './lookalike.ts';
import { parseOptions } from './options.ts';
import { changesAnything, commandRegistry } from './registry.ts';

export type ParsedComment =
  /** No command: prose, a quote, a fence, another bot's command. Nobody answers. */
  | { readonly kind: 'none' }
  /** In the order in which they were written; at most one of them changes anything. */
  | { readonly kind: 'commands'; readonly invocations: readonly Invocation[] }
  /** Somebody meant a command and got it wrong: one usage reply, nothing runs. */
  | { readonly kind: 'problem'; readonly code: GrammarProblem; readonly message: string };

export type GrammarProblem =
  | ArgumentProblem['code']
  | 'UNKNOWN_COMMAND'
  | 'LOOKALIKE_CHARACTER'
  | 'TOO_MANY_COMMANDS'
  | 'LINE_TOO_LONG';

const lineLimit = 1_000;
const commandLimit = 5;

/**
 * Reads the commands of a comment. The rules, strict on purpose because a comment is written by anybody:
 * - A command stands at the very beginning of the comment's first line (blank lines before it do not count).
 *   Anywhere else, and so in a quote, a fence, an indented block or an HTML comment, it is prose.
 * - Lines directly below it that begin with a slash too belong to it. All of them are good or none runs, and
 *   at most one of them may change anything.
 * - `--dry-run`, `--help` and `reason="…"` go with every command.
 * - Names are lower case; arguments are separated by blanks or tabs; nothing may follow them.
 * - A misspelt name is answered with the one that was meant, among those that work in `place`.
 * - Invisible and look-alike characters are never read as what they look like.
 */
export function parseComment(body: string, place: Place = 'release'): ParsedComment {
  const lines = commandLines(body);
  const first = lines[0];
  if (first === undefined) return { kind: 'none' };
  if (!first.startsWith('/')) return disguised(first) ?? { kind: 'none' };
  const parsed = lines.map((line) => parseLine(line, place));
  if (parsed[0]?.kind === 'foreign') return { kind: 'none' };
  const problem = parsed.find((line) => line.kind === 'problem');
  if (problem !== undefined) return problem;
  const foreign = parsed.find((line) => line.kind === 'foreign');
  if (foreign !== undefined) {
    return problemOf('UNKNOWN_COMMAND', 'the comment mixes these commands with one that is not known here');
  }
  return allOrNothing(parsed.flatMap((line) => (line.kind === 'command' ? [line.invocation] : [])));
}

type ParsedLine =
  | { readonly kind: 'command'; readonly invocation: Invocation }
  | { readonly kind: 'foreign' }
  | Extract<ParsedComment, { kind: 'problem' }>;

/** The first line that is not blank, and the slash lines directly below it. */
function commandLines(body: string): readonly string[] {
  const lines = body.split(/\r\n|\n|\r/, 200);
  const start = lines.findIndex((line) => line.trim() !== '');
  if (start < 0) return [];
  const block = lines.slice(start);
  const end = block.findIndex((line, index) => index > 0 && !line.startsWith('/'));
  return end < 0 ? block : block.slice(0, end);
}

function parseLine(line: string, place: Place): ParsedLine {
  const name = /^\/([^\s/]*)/.exec(line)?.[1] ?? '';
  const definition = commandRegistry.find((candidate) => candidate.name === name);
  const known = definition !== undefined && /^\/[a-z-]+(?:[ \t]|$)/.test(line);
  if (!known) return disguised(line) ?? misspelt(line, name, place) ?? { kind: 'foreign' };
  if (line.length > lineLimit) {
    return problemOf('LINE_TOO_LONG', `a command line has at most ${lineLimit} characters`);
  }
  return parseArguments(definition, line.slice(name.length + 1));
}

function parseArguments(definition: CommandDefinition, rest: string): ParsedLine {
  const options = parseOptions(rest, definition.freeText);
  switch (options.kind) {
    case 'help':
      return {
        kind: 'command',
        invocation: { command: { name: 'help', of: definition.name }, options: noOptions },
      };
    case 'problem':
      return usageProblem(definition, options.problem);
    case 'arguments': {
      const { given } = options;
      const odd = definition.freeText ? null : oddCharacter(given.text);
      if (odd !== null) return lookalike(odd);
      const parsed = definition.parse(given);
      if (!parsed.ok) return usageProblem(definition, parsed.problem);
      const { dryRun, reason } = given;
      return { kind: 'command', invocation: { command: parsed.command, options: { dryRun, reason } } };
    }
  }
}

function usageProblem({ usage }: CommandDefinition, { code, message }: ArgumentProblem): ParsedLine {
  return problemOf(code, `${message}. Usage: \`${usage}\``);
}

/** Another bot's command is none of our business; a near miss of one of ours deserves one answer. */
function misspelt(line: string, name: string, place: Place): ParsedLine | null {
  if (!/^\/[A-Za-z][A-Za-z-]{2,19}(?:[ \t]|$)/.test(line)) return null;
  const meant = suggest(
    name,
    commandRegistry.filter(({ places }) => places.includes(place)).map((definition) => definition.name),
  );
  if (meant === null) return null;
  return problemOf('UNKNOWN_COMMAND', `\`/${name}\` is not a command; did you mean \`/${meant}\`?`);
}

/** A line that only looks like a command: with invisible or foreign letters, or a slash that is none. */
function disguised(line: string): Extract<ParsedComment, { kind: 'problem' }> | null {
  const head = line.slice(0, 80);
  const odd = oddCharacter(head);
  if (odd === null) return null;
  const word = /^\/([a-z]+)(?:\s|$)/.exec(skeleton(head))?.[1];
  if (word === undefined || !commandRegistry.some((definition) => definition.name === word)) return null;
  return lookalike(odd);
}

function lookalike(code: number): Extract<ParsedComment, { kind: 'problem' }> {
  return problemOf(
    'LOOKALIKE_CHARACTER',
    `the command contains the character ${codePointName(code)}, which is invisible or looks like another one; type it anew`,
  );
}

function allOrNothing(invocations: readonly Invocation[]): ParsedComment {
  const changing = invocations.filter(({ command }) => changesAnything(command));
  if (changing.length > 1 || invocations.length > commandLimit) {
    return problemOf(
      'TOO_MANY_COMMANDS',
      'one comment may hold one command that changes something; none of these was run',
    );
  }
  return { kind: 'commands', invocations };
}

function problemOf(code: GrammarProblem, message: string): Extract<ParsedComment, { kind: 'problem' }> {
  return { kind: 'problem', code, message };
}

import type { ReleaseCommand } from '../flow/event.ts';
import { suggest } from '../gate/suggest.ts';
import type { ArgumentProblem } from './definition.ts';
import { commandRegistry } from './registry.ts';

export type ParsedComment =
  /** No command: prose, a quote, a fence, another bot's command. Nobody answers. */
  | { readonly kind: 'none' }
  /** In the order in which they were written; at most one of them changes anything. */
  | { readonly kind: 'commands'; readonly commands: readonly ReleaseCommand[] }
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
 *   at most one of them may change the release.
 * - Names are lower case; arguments are separated by blanks or tabs; nothing may follow them.
 * - Invisible and look-alike characters are never read as what they look like.
 */
export function parseComment(body: string): ParsedComment {
  const lines = commandLines(body);
  const first = lines[0];
  if (first === undefined) return { kind: 'none' };
  if (!first.startsWith('/')) return disguised(first) ?? { kind: 'none' };
  const parsed = lines.map(parseLine);
  if (parsed[0]?.kind === 'foreign') return { kind: 'none' };
  const problem = parsed.find((line) => line.kind === 'problem');
  if (problem !== undefined) return problem;
  const foreign = parsed.find((line) => line.kind === 'foreign');
  if (foreign !== undefined) {
    return problemOf('UNKNOWN_COMMAND', 'the comment mixes these commands with one that is not known here');
  }
  return allOrNothing(parsed.flatMap((line) => (line.kind === 'command' ? [line.command] : [])));
}

type ParsedLine =
  | { readonly kind: 'command'; readonly command: ReleaseCommand }
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

function parseLine(line: string): ParsedLine {
  const name = /^\/([^\s/]*)/.exec(line)?.[1] ?? '';
  const definition = commandRegistry.find((candidate) => candidate.name === name);
  const known = definition !== undefined && /^\/[a-z-]+(?:[ \t]|$)/.test(line);
  if (!known) return disguised(line) ?? misspelt(line, name) ?? { kind: 'foreign' };
  if (line.length > lineLimit) {
    return problemOf('LINE_TOO_LONG', `a command line has at most ${lineLimit} characters`);
  }
  const text = line.slice(name.length + 1).trim();
  const odd = definition.freeText ? null : oddCharacter(text);
  if (odd !== null) return lookalike(odd);
  const parsed = definition.parse(text === '' ? [] : text.split(/[ \t]+/), text);
  if (parsed.ok) return { kind: 'command', command: parsed.command };
  return problemOf(parsed.problem.code, `${parsed.problem.message}. Usage: \`${definition.usage}\``);
}

/** Another bot's command is none of our business; a near miss of one of ours deserves one answer. */
function misspelt(line: string, name: string): ParsedLine | null {
  if (!/^\/[A-Za-z][A-Za-z-]{2,19}(?:[ \t]|$)/.test(line)) return null;
  const meant = suggest(
    name,
    commandRegistry.map((definition) => definition.name),
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
  const point = code.toString(16).toUpperCase().padStart(4, '0');
  return problemOf(
    'LOOKALIKE_CHARACTER',
    `the command contains the character U+${point}, which is invisible or looks like another one; type it anew`,
  );
}

/** Code point of the first character outside printable ASCII and tab; null when there is none. */
function oddCharacter(text: string): number | null {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code !== 9 && (code < 32 || code > 126)) return code;
  }
  return null;
}

/** Cyrillic and Greek letters that look like those of our commands, and slashes that are none. */
const doubles: Readonly<Record<string, string>> = {
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  ѕ: 's',
  і: 'i',
  ј: 'j',
  һ: 'h',
  к: 'k',
  м: 'm',
  т: 't',
  ԁ: 'd',
  ո: 'n',
  ս: 'u',
  ɩ: 'l',
  ӏ: 'l',
  ο: 'o',
  ρ: 'p',
  α: 'a',
  τ: 't',
  υ: 'u',
  κ: 'k',
  ι: 'i',
  ν: 'v',
  ɡ: 'g',
  '⁄': '/',
  '∕': '/',
  '╱': '/',
  '⧸': '/',
};

/** What the text looks like to a person: compatibility forms unfolded, marks and invisible characters gone. */
function skeleton(text: string): string {
  const plain = text.normalize('NFKD').replace(/[\p{Cf}\p{Mn}\p{Cc}\u115f\u1160\u3164\u2800]/gu, '');
  return [...plain]
    .map((character) => doubles[character] ?? character)
    .join('')
    .trim()
    .toLowerCase();
}

function allOrNothing(commands: readonly ReleaseCommand[]): ParsedComment {
  const changing = commands.filter(
    ({ name }) => commandRegistry.find((definition) => definition.name === name)?.changes === true,
  );
  if (changing.length > 1 || commands.length > commandLimit) {
    return problemOf(
      'TOO_MANY_COMMANDS',
      'one comment may hold one command that changes the release; none of these was run',
    );
  }
  return { kind: 'commands', commands };
}

function problemOf(code: GrammarProblem, message: string): Extract<ParsedComment, { kind: 'problem' }> {
  return { kind: 'problem', code, message };
}

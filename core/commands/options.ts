import { type ArgumentProblem, type Arguments, parseReason } from './definition.ts';

export type ParsedOptions =
  | { readonly kind: 'arguments'; readonly given: Arguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'problem'; readonly problem: ArgumentProblem };

const reasonPattern = /(^|[ \t])reason="([^"]*)"(?=[ \t]|$)/;
const switches: ReadonlySet<string> = new Set(['--dry-run', '--help']);

/**
 * Takes `--dry-run`, `--help` and `reason="…"` off the arguments of a line. In prose a switch counts only as the
 * first or the last word: "we pass --dry-run too often" is a reason.
 */
export function parseOptions(rest: string, freeText: boolean): ParsedOptions {
  const { reason, left } = takeReason(rest);
  if (reasonPattern.test(left)) return problem('`reason="…"` is given twice');
  if (!freeText && /(^|[ \t])reason=/.test(left))
    return problem('write the reason in straight quotes: `reason="…"`');
  const { found, text } = freeText ? takeOuterSwitches(left) : takeSwitches(left);
  if (found.has('--help')) return { kind: 'help' };
  const words = text === '' ? [] : text.split(/[ \t]+/);
  return {
    kind: 'arguments',
    given: { words, text, dryRun: found.has('--dry-run'), reason: parseReason(reason) },
  };
}

function takeReason(rest: string): { readonly reason: string; readonly left: string } {
  const match = reasonPattern.exec(rest);
  if (match === null) return { reason: '', left: trimBlanks(rest) };
  const left = `${rest.slice(0, match.index)} ${rest.slice(match.index + match[0].length)}`;
  return { reason: match[2] ?? '', left: trimBlanks(left) };
}

interface Switches {
  readonly found: ReadonlySet<string>;
  readonly text: string;
}

function takeSwitches(text: string): Switches {
  const words = text.split(/[ \t]+/);
  const found = new Set(words.filter((word) => switches.has(word)));
  return { found, text: words.filter((word) => !switches.has(word)).join(' ') };
}

function takeOuterSwitches(text: string): Switches {
  const found = new Set<string>();
  let left = text;
  for (;;) {
    const match = /^(--dry-run|--help)(?=[ \t]|$)|(?<=^|[ \t])(--dry-run|--help)$/.exec(left);
    if (match === null) return { found, text: left };
    found.add(match[0]);
    left = (match.index === 0 ? left.slice(match[0].length) : left.slice(0, match.index)).trim();
  }
}

/** Blanks and tabs only: other white space is a look-alike, and has to be seen. */
function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

function problem(message: string): ParsedOptions {
  return { kind: 'problem', problem: { code: 'BAD_ARGUMENT', message } };
}

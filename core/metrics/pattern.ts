/**
 * The part of RE2 that label matchers use in practice, matched without backtracking over foreign patterns:
 * literals, `.`, `[...]`, escapes, `*`, `+`, `?` on one of these, and `|` between alternatives, also inside one
 * level of `(...)`. Anything else gives null, so that the caller can say that it is not supported. Matching is
 * a walk of the set of states, linear in pattern × text.
 */
export function compileLabelPattern(pattern: string): ((text: string) => boolean) | null {
  const alternatives = expand(pattern);
  if (alternatives === null) return null;
  const compiled = alternatives.map(parsePieces);
  if (compiled.some((pieces) => pieces === null)) return null;
  return (text) => compiled.some((pieces) => pieces !== null && run(pieces, text));
}

interface Piece {
  readonly test: (character: string) => boolean;
  readonly min: 0 | 1;
  readonly many: boolean;
}

const maxAlternatives = 1_000;

/** Multiplies out `|` and `(a|b)`: `x(a|b)` → `xa`, `xb`. */
function expand(pattern: string): string[] | null {
  const parts = splitTop(pattern);
  if (parts === null) return null;
  const all: string[] = [];
  for (const part of parts) {
    const expanded = expandGroups(part);
    if (expanded === null || all.length + expanded.length > maxAlternatives) return null;
    all.push(...expanded);
  }
  return all;
}

function expandGroups(part: string): string[] | null {
  const open = findUnescaped(part, '(');
  if (open === -1) return findUnescaped(part, ')') === -1 ? [part] : null;
  const close = findUnescaped(part, ')', open);
  const inner = close === -1 ? '' : part.slice(open + 1, close).replace(/^\?:/, '');
  if (close === -1 || findUnescaped(inner, '(') !== -1 || inner.startsWith('?')) return null;
  if (/^[*+?{]/.test(part.slice(close + 1))) return null;
  const rest = expandGroups(part.slice(close + 1));
  const options = splitTop(inner);
  if (rest === null || options === null || rest.length * options.length > maxAlternatives) return null;
  // `a(*)` must not turn into `a*`.
  if (options.some((option) => /^[*+?]/.test(option))) return null;
  return options.flatMap((option) => rest.map((tail) => part.slice(0, open) + option + tail));
}

/** Splits at `|` outside parentheses and classes. */
function splitTop(pattern: string): string[] | null {
  const parts = [''];
  let depth = 0;
  let inClass = false;
  for (let i = 0; i < pattern.length; i += 1) {
    const character = pattern.charAt(i);
    const piece = character === '\\' ? pattern.slice(i, i + 2) : character;
    if (character === '\\') i += 1;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (!inClass && character === '(') depth += 1;
    else if (!inClass && character === ')') depth -= 1;
    if (piece === '|' && depth === 0 && !inClass) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${piece}`);
  }
  return depth === 0 && !inClass ? parts : null;
}

function findUnescaped(text: string, wanted: string, from = 0): number {
  let inClass = false;
  for (let i = from; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (character === '\\') i += 1;
    else if (character === '[') inClass = true;
    else if (character === ']') inClass = false;
    else if (!inClass && character === wanted) return i;
  }
  return -1;
}

const classes: Readonly<Record<string, (character: string) => boolean>> = {
  d: (character) => /[0-9]/.test(character),
  D: (character) => !/[0-9]/.test(character),
  w: (character) => /[0-9A-Za-z_]/.test(character),
  W: (character) => !/[0-9A-Za-z_]/.test(character),
  s: (character) => /[\t\n\f\r ]/.test(character),
  S: (character) => !/[\t\n\f\r ]/.test(character),
};

function parsePieces(pattern: string): readonly Piece[] | null {
  const pieces: Piece[] = [];
  let i = pattern.startsWith('^') ? 1 : 0;
  const end = pattern.endsWith('$') && !pattern.endsWith('\\$') ? pattern.length - 1 : pattern.length;
  while (i < end) {
    const atom = parseAtom(pattern, i);
    if (atom === null) return null;
    const suffix = pattern.charAt(atom.next);
    const repeated = suffix === '*' || suffix === '+' || suffix === '?';
    pieces.push({
      test: atom.test,
      min: suffix === '*' || suffix === '?' ? 0 : 1,
      many: suffix === '*' || suffix === '+',
    });
    i = atom.next + (repeated ? 1 : 0);
    if (repeated && /[*+?]/.test(pattern.charAt(i)) && i < end) return null;
  }
  return pieces;
}

function parseAtom(
  pattern: string,
  at: number,
): { readonly test: (character: string) => boolean; readonly next: number } | null {
  const character = pattern.charAt(at);
  if (character === '.') return { test: (tested) => tested !== '\n', next: at + 1 };
  if (character === '[') return parseClass(pattern, at);
  if (character === '\\') {
    const escaped = pattern.charAt(at + 1);
    const known = Object.hasOwn(classes, escaped) ? classes[escaped] : undefined;
    if (known !== undefined) return { test: known, next: at + 2 };
    if (escaped === '' || /[A-Za-z0-9]/.test(escaped)) return null;
    return { test: (tested) => tested === escaped, next: at + 2 };
  }
  if (/[*+?{}()^$]/.test(character)) return null;
  return { test: (tested) => tested === character, next: at + 1 };
}

function parseClass(pattern: string, at: number) {
  const close = pattern.indexOf(']', at + 2);
  const body = close === -1 ? '' : pattern.slice(at + 1, close);
  // Nested or escaped classes are rare in label matchers: say that they are not supported.
  if (body === '' || /[\\[]/.test(body) || /^\^?\]?$|^\^?\]/.test(body)) return null;
  const negated = body.startsWith('^');
  const ranges = [...(negated ? body.slice(1) : body).matchAll(/([\s\S])(?:-([\s\S]))?/g)];
  if (ranges.some((range) => range[2] !== undefined && (range[1] ?? '') > range[2])) return null;
  const inside = (tested: string): boolean =>
    ranges.some((range) => tested >= (range[1] ?? '') && tested <= (range[2] ?? range[1] ?? ''));
  return { test: (tested: string) => inside(tested) !== negated, next: close + 1 };
}

function run(pieces: readonly Piece[], text: string): boolean {
  let states = skipOptional(pieces, new Set([0]));
  for (const character of text) {
    const next = new Set<number>();
    for (const state of states) {
      const piece = pieces[state];
      if (piece === undefined || !piece.test(character)) continue;
      next.add(state + 1);
      if (piece.many) next.add(state);
    }
    // After one `+` has matched, staying in it is optional: state + 1 covers leaving it.
    states = skipOptional(pieces, next);
    if (states.size === 0) return false;
  }
  return states.has(pieces.length);
}

function skipOptional(pieces: readonly Piece[], states: Set<number>): Set<number> {
  for (const state of states) {
    const piece = pieces[state];
    if (piece?.min === 0) states.add(state + 1);
  }
  return states;
}

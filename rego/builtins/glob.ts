import { BuiltinError } from './builtin.ts';

const special = /[\\.+*?()|[\]{}^$]/g;
const escapeRegex = (text: string): string => text.replace(special, '\\$&');
const escapeClass = (text: string): string => text.replace(/[\\\]^[-]/g, '\\$&');

/**
 * The regular expression of a glob: `*` stays between separators, `**` crosses them, `?` is one character,
 * `[a-z]`, `[!a-z]`, `{a,b}`, and `\` escapes.
 */
export function globPattern(glob: string, separators: readonly string[]): string {
  const separatorClass = separators.map(escapeClass).join('');
  const one = separators.length === 0 ? '[\\s\\S]' : `[^${separatorClass}]`;
  const points = Array.from(glob);
  let pattern = '^';
  let depth = 0;
  for (let i = 0; i < points.length; i += 1) {
    const point = points[i] as string;
    if (point === '\\') {
      i += 1;
      pattern += escapeRegex(points[i] ?? '\\');
    } else if (point === '*') {
      const crossing = points[i + 1] === '*';
      if (crossing) i += 1;
      pattern += crossing ? '[\\s\\S]*' : `${one}*`;
    } else if (point === '?') {
      pattern += one;
    } else if (point === '[') {
      const { text, next } = characterClass(points, i);
      pattern += text;
      i = next;
    } else if (point === '{') {
      depth += 1;
      pattern += '(?:';
    } else if (point === '}' && depth > 0) {
      depth -= 1;
      pattern += ')';
    } else if (point === ',' && depth > 0) {
      pattern += '|';
    } else {
      pattern += escapeRegex(point);
    }
  }
  if (depth > 0) throw new BuiltinError(`unclosed "{" in glob ${JSON.stringify(glob)}`);
  return `${pattern}$`;
}

function characterClass(points: readonly string[], start: number): { text: string; next: number } {
  let at = start + 1;
  const negated = points[at] === '!';
  if (negated) at += 1;
  let body = '';
  for (; at < points.length && points[at] !== ']'; at += 1) {
    if (points[at] === '\\') at += 1;
    const point = points[at] ?? '';
    body += point === '-' && body !== '' && points[at + 1] !== ']' ? '-' : escapeClass(point);
  }
  if (points[at] !== ']' || body === '') throw new BuiltinError('unclosed or empty "[" in glob');
  return { text: `[${negated ? '^' : ''}${body}]`, next: at };
}

/** A glob that matches exactly this text. */
export function quoteGlob(text: string): string {
  return text.replace(/[*?\\[\]{}]/g, '\\$&');
}

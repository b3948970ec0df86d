import { RE2JS, RE2JSSyntaxException } from 're2js';
import { spend } from '../value/fuel.ts';
import type { Value } from '../value/types.ts';
import {
  type Builtin,
  BuiltinError,
  define,
  integerOperand,
  type OperandType,
  stringOperand,
} from './builtin.ts';
import { globPattern, quoteGlob } from './glob.ts';
import { globsIntersect } from './glob-intersection.ts';

/** Compiled patterns, newest last; a policy uses few, an attacker as many as the cache forgets. */
const compiled = new Map<string, RE2JS>();
const MOST_COMPILED = 256;
const LONGEST_PATTERN = 10_000;

/** A regular expression of RE2: matching takes time in proportion to the text, whatever the pattern. */
export function regex(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  if (pattern.length > LONGEST_PATTERN) throw new BuiltinError('regular expression too long');
  try {
    const made = RE2JS.compile(pattern);
    if (compiled.size >= MOST_COMPILED) compiled.delete(compiled.keys().next().value as string);
    compiled.set(pattern, made);
    return made;
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    throw new BuiltinError(error.message);
  }
}

/** All matches from left to right, each with its groups; empty matches next to a match are left out as in Go. */
function matches(
  pattern: string,
  text: string,
  most: number,
): { start: number; end: number; groups: string[] }[] {
  const matcher = regex(pattern).matcher(text);
  const found: { start: number; end: number; groups: string[] }[] = [];
  let previousEnd = -1;
  while ((most < 0 || found.length < most) && matcher.find()) {
    const start = matcher.start();
    const end = matcher.end();
    if (start === end && start === previousEnd) continue;
    spend(matcher.groupCount() + 8);
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_unused, i) => matcher.group(i) ?? '');
    found.push({ start, end, groups });
    previousEnd = end;
  }
  return found;
}

function isMatch(pattern: string, text: string): boolean {
  return regex(pattern).matcher(text).find();
}

function split(pattern: string, text: string): Value {
  if (text === '') return [''];
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of matches(pattern, text, -1)) {
    if (end === 0) continue;
    if (start === end && start === text.length) continue;
    parts.push(text.slice(from, start));
    from = end;
  }
  parts.push(text.slice(from));
  return parts;
}

/** Replaces all matches; `$1` and `${name}` in the replacement stand for groups, as in Go. */
function replace(text: string, pattern: string, replacement: string): Value {
  const expression = regex(pattern);
  const names = expression.namedGroups() as Record<string, number>;
  let result = '';
  let from = 0;
  for (const { start, end, groups } of matches(pattern, text, -1)) {
    const replaced = expand(replacement, groups, names);
    spend(start - from + replaced.length);
    result += text.slice(from, start) + replaced;
    from = end;
  }
  return result + text.slice(from);
}

function expand(
  template: string,
  groups: readonly string[],
  names: Readonly<Record<string, number>>,
): string {
  return template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (whole, bare?: string, braced?: string) => {
    const name = bare ?? braced;
    if (name === undefined) return whole === '$$' ? '$' : whole;
    const index = /^\d+$/.test(name) ? Number(name) : Object.hasOwn(names, name) ? names[name] : undefined;
    return index === undefined ? '' : (groups[index] ?? '');
  });
}

function templateMatch(args: readonly Value[]): Value {
  const template = stringOperand(args, 1);
  const text = stringOperand(args, 2);
  const open = stringOperand(args, 3);
  const close = stringOperand(args, 4);
  if (Array.from(open).length !== 1 || Array.from(close).length !== 1) {
    throw new BuiltinError('delimiters must be single characters');
  }
  return isMatch(templatePattern(template, open, close), text);
}

/** Text is literal, what stands between delimiters is a pattern. */
function templatePattern(template: string, open: string, close: string): string {
  let pattern = '^';
  let depth = 0;
  let part = '';
  for (const point of template) {
    if (point === open) {
      depth += 1;
      if (depth === 1) {
        pattern += RE2JS.quote(part);
        part = '';
        continue;
      }
    } else if (point === close) {
      depth -= 1;
      if (depth < 0) throw new BuiltinError(`unbalanced braces in ${JSON.stringify(template)}`);
      if (depth === 0) {
        pattern += `(${part})`;
        part = '';
        continue;
      }
    }
    part += point;
  }
  if (depth !== 0) throw new BuiltinError(`unbalanced braces in ${JSON.stringify(template)}`);
  return `${pattern}${RE2JS.quote(part)}$`;
}

function globMatch(args: readonly Value[]): Value {
  const pattern = stringOperand(args, 1);
  const delimiters =
    args[1] === null ? [] : Array.isArray(args[1]) ? (args[1] as readonly Value[]) : undefined;
  if (delimiters === undefined) throw new BuiltinError('delimiters must be an array or null');
  // No delimiters given means ".", null means none.
  const separators = args[1] !== null && delimiters.length === 0 ? ['.'] : delimiters.map(String);
  return isMatch(globPattern(pattern, separators), stringOperand(args, 3));
}

/** Matching takes time in proportion to pattern times text: that much is charged. */
const matching = (
  name: string,
  operands: readonly OperandType[],
  text: number,
  evaluate: Builtin['evaluate'],
): Builtin =>
  define(name, operands, 'any', (args, environment) => {
    const lengthOf = (value: Value | undefined): number => (typeof value === 'string' ? value.length : 0);
    const patterns = args.reduce((sum: number, arg, i) => sum + (i === text - 1 ? 0 : lengthOf(arg)), 1);
    environment.budget.charge((lengthOf(args[text - 1]) * patterns) / 8);
    return evaluate(args, environment);
  });

function isValid(pattern: Value): boolean {
  if (typeof pattern !== 'string') return false;
  try {
    regex(pattern);
    return true;
  } catch (error) {
    if (error instanceof BuiltinError) return false;
    throw error;
  }
}

export const regexes: readonly Builtin[] = [
  matching('regex.match', ['string', 'string'], 2, (args) =>
    isMatch(stringOperand(args, 1), stringOperand(args, 2)),
  ),
  define('regex.is_valid', ['any'], 'boolean', ([pattern]) => isValid(pattern as Value)),
  matching('regex.split', ['string', 'string'], 2, (args) =>
    split(stringOperand(args, 1), stringOperand(args, 2)),
  ),
  matching('regex.replace', ['string', 'string', 'string'], 1, (args) =>
    replace(stringOperand(args, 1), stringOperand(args, 2), stringOperand(args, 3)),
  ),
  matching('regex.find_n', ['string', 'string', 'number'], 2, (args) =>
    matches(stringOperand(args, 1), stringOperand(args, 2), integerOperand(args, 3)).map(
      ({ groups }) => groups[0] ?? '',
    ),
  ),
  matching('regex.find_all_string_submatch_n', ['string', 'string', 'number'], 2, (args) =>
    matches(stringOperand(args, 1), stringOperand(args, 2), integerOperand(args, 3)).map(
      ({ groups }) => groups,
    ),
  ),
  matching('regex.globs_match', ['string', 'string'], 2, (args) =>
    globsIntersect(stringOperand(args, 1), stringOperand(args, 2)),
  ),
  matching('regex.template_match', ['string', 'string', 'string', 'string'], 2, templateMatch),
  matching('glob.match', ['string', 'any', 'string'], 3, globMatch),
  define('glob.quote_meta', ['string'], 'string', (args) => quoteGlob(stringOperand(args, 1))),
];

import { RegoSet } from '../value/collections.ts';
import { typeName } from '../value/compare.ts';
import { objectEntries } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import {
  arrayOperand,
  type Builtin,
  BuiltinError,
  define,
  elementsOf,
  integerOperand,
  OperandError,
  type OperandType,
  objectOperand,
  operandError,
  stringOperand,
  stringsOperand,
} from './builtin.ts';
import { sprintf } from './sprintf.ts';
import { renderTemplate } from './template.ts';

const onString = (name: string, operation: (text: string) => Value | undefined): Builtin =>
  define(name, ['string'], 'any', (args) => operation(stringOperand(args, 1)));

const onStrings = (
  name: string,
  result: OperandType,
  operation: (a: string, b: string) => Value | undefined,
): Builtin =>
  define(name, ['string', 'string'], result, (args) =>
    operation(stringOperand(args, 1), stringOperand(args, 2)),
  );

/** The code points of a string: what OPA counts and cuts by. */
const points = (text: string): string[] => Array.from(text);

function indexof(text: string, wanted: string): Value {
  if (wanted === '') throw new BuiltinError('empty search character');
  const at = text.indexOf(wanted);
  return at === -1 ? -1 : points(text.slice(0, at)).length;
}

function indexofAll(text: string, wanted: string): Value {
  if (wanted === '') throw new BuiltinError('empty search character');
  const haystack = points(text);
  const needle = points(wanted);
  const found: number[] = [];
  for (let at = 0; at + needle.length <= haystack.length; at += 1) {
    if (needle.every((point, i) => haystack[at + i] === point)) found.push(at);
  }
  return found;
}

function substring(args: readonly Value[]): Value {
  const text = points(stringOperand(args, 1));
  const start = integerOperand(args, 2);
  const length = integerOperand(args, 3);
  if (start < 0) throw new BuiltinError('negative offset');
  if (start >= text.length) return '';
  return text.slice(start, length < 0 ? text.length : start + length).join('');
}

/** Removes code points of the cut set from one or both ends. */
function trimSet(text: string, cut: string, left: boolean, right: boolean): string {
  const unwanted = new Set(points(cut));
  const parts = points(text);
  let from = 0;
  let to = parts.length;
  while (left && from < to && unwanted.has(parts[from] as string)) from += 1;
  while (right && to > from && unwanted.has(parts[to - 1] as string)) to -= 1;
  return parts.slice(from, to).join('');
}

function replaceAll(args: readonly Value[]): Value {
  return stringOperand(args, 1).replaceAll(stringOperand(args, 2), () => stringOperand(args, 3));
}

/** Replaces several texts in one pass; at each place the first pattern in key order wins. */
function replaceN(args: readonly Value[]): Value {
  const pairs = objectEntries(objectOperand(args, 1)).map(([key, value]) => {
    if (typeof key !== 'string') throw new OperandError('operand 1 non-string key found in pattern object');
    if (typeof value !== 'string')
      throw new OperandError('operand 1 non-string value found in pattern object');
    return [key, value] as const;
  });
  const text = stringOperand(args, 2);
  let result = '';
  for (let at = 0; at < text.length; ) {
    const pair = pairs.find(([key]) => key !== '' && text.startsWith(key, at));
    result += pair?.[1] ?? text[at];
    at += pair?.[0].length ?? 1;
  }
  return result;
}

function split(text: string, separator: string): Value {
  return separator === '' ? points(text) : text.split(separator);
}

/** The first `n` fields, or the last for a negative `n`. */
function splitN(args: readonly Value[]): Value {
  const fields = split(stringOperand(args, 1), stringOperand(args, 2)) as readonly Value[];
  const n = integerOperand(args, 3);
  return n < 0 ? fields.slice(n) : fields.slice(0, n);
}

function concat(args: readonly Value[]): Value {
  return stringsOperand(args, 2, 'one of {set, array}').join(stringOperand(args, 1));
}

/** A string, or the strings of an array or a set. */
function oneOrMany(args: readonly Value[], position: number): readonly string[] {
  const value = args[position - 1] as Value;
  if (typeof value === 'string') return [value];
  if (elementsOf(value) === undefined)
    throw operandError(position, 'one of {string, set, array}', typeName(value));
  return stringsOperand(args, position, 'one of {string, set, array}');
}

const anyMatch = (name: string, matches: (text: string, part: string) => boolean): Builtin =>
  define(
    name,
    [
      ['string', 'set', 'array'],
      ['string', 'set', 'array'],
    ],
    'boolean',
    (args) => {
      const texts = oneOrMany(args, 1);
      const parts = oneOrMany(args, 2);
      return texts.some((text) => parts.some((part) => matches(text, part)));
    },
  );

function countOf(text: string, wanted: string): number {
  return wanted === '' ? points(text).length + 1 : text.split(wanted).length - 1;
}

/** Go's unicode.IsSpace. */
const spaceEnds =
  /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g;

/** Charges for the text a built-in returns. */
const charged = (builtin: Builtin): Builtin => ({
  ...builtin,
  evaluate: (args, environment) => {
    for (const arg of args) if (typeof arg === 'string') environment.budget.charge(arg.length);
    const result = builtin.evaluate(args, environment);
    if (typeof result === 'string') environment.budget.charge(result.length);
    else if (Array.isArray(result)) environment.budget.charge(result.length);
    else if (result instanceof RegoSet) environment.budget.charge(result.size);
    return result;
  },
});

export const strings: readonly Builtin[] = [
  define('concat', ['string', ['array', 'set']], 'string', concat),
  onStrings('contains', 'boolean', (text, part) => text.includes(part)),
  onStrings('startswith', 'boolean', (text, part) => text.startsWith(part)),
  onStrings('endswith', 'boolean', (text, part) => text.endsWith(part)),
  onStrings('indexof', 'number', indexof),
  onStrings('indexof_n', 'array', indexofAll),
  onString('lower', (text) => text.toLowerCase()),
  onString('upper', (text) => text.toUpperCase()),
  define('replace', ['string', 'string', 'string'], 'string', replaceAll),
  define('strings.replace_n', ['object', 'string'], 'string', replaceN),
  onStrings('split', 'array', split),
  define('strings.split_n', ['string', 'string', 'number'], 'array', splitN),
  define('substring', ['string', 'number', 'number'], 'string', substring),
  onStrings('trim', 'string', (text, cut) => trimSet(text, cut, true, true)),
  onStrings('trim_left', 'string', (text, cut) => trimSet(text, cut, true, false)),
  onStrings('trim_right', 'string', (text, cut) => trimSet(text, cut, false, true)),
  onStrings('trim_prefix', 'string', (text, cut) => (text.startsWith(cut) ? text.slice(cut.length) : text)),
  onStrings('trim_suffix', 'string', (text, cut) =>
    cut !== '' && text.endsWith(cut) ? text.slice(0, -cut.length) : text,
  ),
  onString('trim_space', (text) => text.replace(spaceEnds, '')),
  onString('strings.reverse', (text) => points(text).reverse().join('')),
  onStrings('strings.count', 'number', countOf),
  anyMatch('strings.any_prefix_match', (text, part) => text.startsWith(part)),
  anyMatch('strings.any_suffix_match', (text, part) => text.endsWith(part)),
  define('sprintf', ['string', 'array'], 'string', (args) =>
    sprintf(stringOperand(args, 1), arrayOperand(args, 2)),
  ),
  define('strings.render_template', ['string', 'object'], 'string', (args) =>
    renderTemplate(stringOperand(args, 1), objectOperand(args, 2)),
  ),
].map(charged);

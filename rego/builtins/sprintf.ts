import { isNumber } from '../value/collections.ts';
import { exactOf, isInteger, type Num, numberText, toBigInt, toDouble } from '../value/number.ts';
import { regoText } from '../value/text.ts';
import type { Value } from '../value/types.ts';

/** Widths and precisions beyond this are not meant. */
const WIDEST = 10_000;

interface Directive {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly verb: string;
}

const directive = /%([-+# 0]*)(\*|\d+)?(?:\.(\*|\d+)?)?(?:\[(\d+)\])?([a-zA-Z%])?/g;

/** Go's `fmt.Sprintf` over Rego values: whole numbers are integers, other values print as Rego text. */
export function sprintf(format: string, values: readonly Value[]): string {
  let next = 0;
  const take = (): Value | undefined => {
    next += 1;
    return values[next - 1];
  };
  const text = format.replace(directive, (whole, flags: string, width, precision, index, verb) => {
    if (verb === '%') return '%';
    if (verb === undefined) return '%!(NOVERB)';
    const starWidth = width === '*' ? Number(take() ?? 0) : width === undefined ? undefined : Number(width);
    const dotted = /\./.test(whole);
    const starPrecision =
      precision === '*' ? Number(take() ?? 0) : dotted ? Number(precision ?? 0) : undefined;
    if (index !== undefined) next = Number(index) - 1;
    const value = take();
    if (value === undefined) return `%!${verb}(MISSING)`;
    const clamped = (n: number | undefined): number | undefined =>
      n === undefined ? undefined : Math.min(Math.abs(n), WIDEST);
    return show(value, { flags, width: clamped(starWidth), precision: clamped(starPrecision), verb });
  });
  if (next >= values.length || /%\*?\[/.test(format)) return text;
  const extra = values.slice(next).map((value) => `${goType(value)}=${plain(value)}`);
  return `${text}%!(EXTRA ${extra.join(', ')})`;
}

function show(value: Value, d: Directive): string {
  if (typeof value === 'string') return showString(value, d);
  if (isNumber(value)) return isInteger(value) ? showInteger(value, d) : showFloat(value, d);
  if (typeof value === 'boolean' && d.verb === 't') return pad(String(value), d);
  return d.verb === 'v' || d.verb === 's'
    ? showString(regoText(value), { ...d, verb: 's' })
    : showString(regoText(value), d);
}

function showString(text: string, d: Directive): string {
  const cut = d.precision === undefined ? text : Array.from(text).slice(0, d.precision).join('');
  switch (d.verb) {
    case 's':
      return pad(cut, d);
    case 'v':
      return pad(d.flags.includes('#') ? JSON.stringify(cut) : cut, d);
    case 'q':
      return pad(d.flags.includes('#') && !cut.includes('`') ? `\`${cut}\`` : JSON.stringify(cut), d);
    case 'x':
    case 'X': {
      const hex = Buffer.from(cut, 'utf8').toString('hex');
      return pad(d.verb === 'X' ? hex.toUpperCase() : hex, d);
    }
    default:
      return `%!${d.verb}(string=${text})`;
  }
}

const bases: Readonly<Record<string, readonly [number, string]>> = {
  d: [10, ''],
  v: [10, ''],
  b: [2, '0b'],
  o: [8, '0'],
  O: [8, ''],
  x: [16, '0x'],
  X: [16, '0X'],
};

function showInteger(value: Num, d: Directive): string {
  const exact = exactOf(value);
  const whole = toBigInt(value);
  if (whole === undefined) return pad(`${exact.digits}e${exact.exponent}`, d);
  const isBig = whole > 9223372036854775807n || whole < -9223372036854775808n;
  const base = bases[d.verb] ?? (isBig && d.verb === 's' ? bases.d : undefined);
  if (base !== undefined) {
    const [radix, prefix] = base;
    let digits = (whole < 0n ? -whole : whole).toString(radix);
    if (d.precision !== undefined) digits = digits.padStart(d.precision, '0');
    if (d.verb === 'X') digits = digits.toUpperCase();
    if (d.verb === 'O') digits = `0o${digits}`;
    return padNumber(d.flags.includes('#') ? prefix + digits : digits, whole < 0n, d);
  }
  switch (d.verb) {
    case 'c':
      return pad(whole >= 0n && whole <= 0x10ffffn ? String.fromCodePoint(Number(whole)) : '\ufffd', d);
    case 'q':
      return pad(
        `'${whole >= 0n && whole <= 0x10ffffn ? String.fromCodePoint(Number(whole)) : '\ufffd'}'`,
        d,
      );
    case 'U':
      return pad(`U+${whole.toString(16).toUpperCase().padStart(4, '0')}`, d);
    default:
      return `%!${d.verb}(${isBig ? 'big.Int' : 'int'}=${whole})`;
  }
}

function showFloat(value: Num, d: Directive): string {
  const n = toDouble(value);
  const negative = n < 0;
  const size = Math.abs(n);
  switch (d.verb) {
    case 'f':
    case 'F':
      return padNumber(size.toFixed(Math.min(d.precision ?? 6, 100)), negative, d);
    case 'e':
    case 'E': {
      const text = goExponent(size.toExponential(Math.min(d.precision ?? 6, 100)));
      return padNumber(d.verb === 'E' ? text.toUpperCase() : text, negative, d);
    }
    case 'g':
    case 'G':
    case 'v': {
      const text =
        d.precision === undefined
          ? shortest(size)
          : goExponent(trimZeros(size.toPrecision(Math.max(1, Math.min(d.precision, 100)))));
      return padNumber(text, negative, d);
    }
    default:
      return `%!${d.verb}(float64=${numberText(n)})`;
  }
}

/** Go's `%v` of a float64: the exponent form from 1e21 on and below 1e-4. */
function shortest(n: number): string {
  return n !== 0 && (n < 1e-4 || n >= 1e21) ? goExponent(n.toExponential()) : String(n);
}

const trimZeros = (text: string): string =>
  text.includes('.') && !text.includes('e') ? text.replace(/\.?0+$/, '') : text;
const goExponent = (text: string): string =>
  text.replace(/e([+-])(\d)$/, (_all, mark: string, digit: string) => `e${mark}0${digit}`);

function padNumber(digits: string, negative: boolean, d: Directive): string {
  const mark = negative ? '-' : d.flags.includes('+') ? '+' : d.flags.includes(' ') ? ' ' : '';
  if (d.flags.includes('0') && !d.flags.includes('-') && d.width !== undefined) {
    return mark + digits.padStart(d.width - mark.length, '0');
  }
  return pad(mark + digits, { ...d, flags: d.flags.replace('0', '') });
}

function pad(text: string, d: Directive): string {
  if (d.width === undefined) return text;
  const missing = Math.max(0, d.width - Array.from(text).length);
  return d.flags.includes('-')
    ? text + ' '.repeat(missing)
    : (d.flags.includes('0') ? '0' : ' ').repeat(missing) + text;
}

function goType(value: Value): string {
  if (isNumber(value)) return isInteger(value) ? 'int' : 'float64';
  return 'string';
}

const plain = (value: Value): string => (typeof value === 'string' ? value : regoText(value));

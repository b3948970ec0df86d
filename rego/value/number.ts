import { Special } from './special.ts';

/**
 * Numbers as OPA has them: exact integers of any size, decimals kept digit for digit.
 *
 * A JavaScript `number` stands for the decimal that `String(n)` prints. Only what a double cannot print back is
 * held as a `bigint` (integers) or a `Decimal`. So every value has exactly one representation, and equality of
 * representations is equality of values.
 */
export class Decimal extends Special {
  /** value = digits × 10^exponent, digits never divisible by ten */
  readonly digits: bigint;
  readonly exponent: number;

  constructor(digits: bigint, exponent: number) {
    super();
    this.digits = digits;
    this.exponent = exponent;
  }
}

export type Num = number | bigint | Decimal;

interface Exact {
  readonly digits: bigint;
  readonly exponent: number;
}

/** Larger exponents stay a `Decimal`, so that `1e999999999` never becomes a gigabyte of digits. */
const LARGEST_EXPANDED_EXPONENT = 300;
/** Longer texts are refused as numbers: reading them takes time in the square of their length. */
const MOST_DIGITS = 20_000;
const numberPattern = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** The number that JSON text denotes, or undefined when the text is no JSON number. */
export function parseNumber(text: string): Num | undefined {
  if (text.length > MOST_DIGITS || !numberPattern.test(text)) return undefined;
  if (text.length < 16 && !/[.eE]/.test(text)) return Number(text) + 0;
  const exact = readExact(text);
  return exact === undefined ? undefined : fromExact(exact.digits, exact.exponent);
}

function readExact(text: string): Exact | undefined {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const exponent = Number(power) - fraction.length;
  if (!Number.isSafeInteger(exponent)) return undefined;
  return { digits: BigInt(whole + fraction), exponent };
}

/** The canonical number digits × 10^exponent. */
export function fromExact(digits: bigint, exponent: number): Num {
  if (digits === 0n) return 0;
  let coefficient = digits;
  let power = exponent;
  if (power < 0 || coefficient > 10n ** 15n || coefficient < -(10n ** 15n)) {
    while (coefficient % 10n === 0n) {
      coefficient /= 10n;
      power += 1;
    }
  }
  const double = Number(`${coefficient}e${power}`);
  if (Number.isFinite(double) && double !== 0 && sameExact(exactOf(double), coefficient, power))
    return double;
  if (power >= 0 && power <= LARGEST_EXPANDED_EXPONENT) return coefficient * 10n ** BigInt(power);
  return new Decimal(coefficient, power);
}

function sameExact(exact: Exact, digits: bigint, exponent: number): boolean {
  const shift = exact.exponent - exponent;
  if (Math.abs(shift) > 400) return false;
  return shift >= 0
    ? exact.digits * 10n ** BigInt(shift) === digits
    : exact.digits === digits * 10n ** BigInt(-shift);
}

/** digits and power of ten of a number, exactly. */
export function exactOf(n: Num): Exact {
  if (typeof n === 'bigint') return { digits: n, exponent: 0 };
  if (n instanceof Decimal) return n;
  if (Number.isSafeInteger(n)) return { digits: BigInt(n), exponent: 0 };
  return readExact(String(n)) ?? { digits: 0n, exponent: 0 };
}

/** The integer that a bigint denotes, in its canonical representation. */
export function fromBigInt(n: bigint): Num {
  if (n >= -9007199254740991n && n <= 9007199254740991n) return Number(n);
  return fromExact(n, 0);
}

/** The whole number as a bigint, or undefined when `n` has a fraction (or is beyond all reason). */
export function toBigInt(n: Num): bigint | undefined {
  if (typeof n === 'bigint') return n;
  if (typeof n === 'number' && Number.isSafeInteger(n)) return BigInt(n);
  const { digits, exponent } = exactOf(n);
  if (exponent < 0) {
    const unit = exponent < -LARGEST_EXPANDED_EXPONENT ? 0n : 10n ** BigInt(-exponent);
    return unit !== 0n && digits % unit === 0n ? digits / unit : undefined;
  }
  return exponent > LARGEST_EXPANDED_EXPONENT ? undefined : digits * 10n ** BigInt(exponent);
}

/** True for whole numbers. */
export function isInteger(n: Num): boolean {
  if (typeof n === 'number') return Number.isInteger(n);
  return typeof n === 'bigint' || n.exponent >= 0;
}

/** The nearest double; ±Infinity when out of range. */
export function toDouble(n: Num): number {
  if (typeof n === 'number') return n;
  return typeof n === 'bigint' ? Number(n) : Number(`${n.digits}e${n.exponent}`);
}

/** -1, 0 or 1. */
export function compareNumbers(a: Num, b: Num): number {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0;
  const x = exactOf(a);
  const y = exactOf(b);
  const signs = sign(x.digits) - sign(y.digits);
  if (signs !== 0) return signs < 0 ? -1 : 1;
  const magnitudes = magnitude(x) - magnitude(y);
  if (magnitudes !== 0) return magnitudes < 0 === sign(x.digits) > 0 ? -1 : 1;
  const shift = x.exponent - y.exponent;
  const left = shift > 0 ? x.digits * 10n ** BigInt(shift) : x.digits;
  const right = shift < 0 ? y.digits * 10n ** BigInt(-shift) : y.digits;
  return left < right ? -1 : left > right ? 1 : 0;
}

const sign = (digits: bigint): number => (digits > 0n ? 1 : digits < 0n ? -1 : 0);

/** Decimal digits before the point, as a measure that needs no expansion. */
function magnitude(exact: Exact): number {
  if (exact.digits === 0n) return 0;
  const text = exact.digits.toString();
  return text.length - (text.startsWith('-') ? 1 : 0) + exact.exponent;
}

/** The JSON text of a number, as OPA prints it: whole numbers with all their digits. */
export function numberText(n: Num): string {
  if (typeof n === 'bigint') return n.toString();
  if (typeof n !== 'number') return decimalText(n);
  if (Number.isSafeInteger(n)) return String(n);
  return Number.isInteger(n) ? (toBigInt(n) ?? BigInt(n)).toString() : goExponent(String(n));
}

const goExponent = (text: string): string =>
  text.replace(/e([+-])(\d)$/, (_, mark: string, digit: string) => `e${mark}0${digit}`);

function decimalText(n: Decimal): string {
  const negative = n.digits < 0n;
  const digits = (negative ? -n.digits : n.digits).toString();
  const point = digits.length + n.exponent;
  const body =
    point > 21 || point < -5
      ? `${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${point - 1 < 0 ? '-' : '+'}${String(Math.abs(point - 1)).padStart(2, '0')}`
      : point <= 0
        ? `0.${'0'.repeat(-point)}${digits}`
        : point >= digits.length
          ? digits + '0'.repeat(point - digits.length)
          : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return negative ? `-${body}` : body;
}

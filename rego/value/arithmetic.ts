import { Decimal, exactOf, fromBigInt, fromExact, isInteger, type Num, toBigInt } from './number.ts';

/**
 * Arithmetic as OPA does it: integers exactly, everything else in binary floating point with a 64-bit mantissa,
 * printed with the fewest digits that read back the same (Go's `big.Float` with `Text('g', -1)`). So
 * `0.1 + 0.2` is `0.3`.
 */
interface Float {
  /** value = mantissa × 2^exponent, |mantissa| < 2^64 */
  readonly mantissa: bigint;
  readonly exponent: number;
}

const PRECISION = 64;
/** Beyond this a result is refused instead of computed. */
const LARGEST_POWER_OF_TEN = 5000;

const HUGE = 10n ** BigInt(LARGEST_POWER_OF_TEN);
const isHuge = (n: bigint): boolean => n > HUGE || n < -HUGE;

export function add(a: Num, b: Num): Num | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum) && Number.isInteger(a) && Number.isInteger(b)) return sum + 0;
  }
  return slowly(a, b, (x, y) => x + y, addFloats);
}

export function subtract(a: Num, b: Num): Num | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference) && Number.isInteger(a) && Number.isInteger(b)) return difference + 0;
  }
  return slowly(
    a,
    b,
    (x, y) => x - y,
    (x, y) => addFloats(x, { mantissa: -y.mantissa, exponent: y.exponent }),
  );
}

export function multiply(a: Num, b: Num): Num | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(product) && Number.isInteger(a) && Number.isInteger(b)) return product + 0;
  }
  return slowly(
    a,
    b,
    (x, y) => (isHuge(x) || isHuge(y) ? undefined : x * y),
    (x, y) => rounded(x.mantissa * y.mantissa, x.exponent + y.exponent),
  );
}

/** The quotient; undefined when out of range. The divisor must not be zero. */
export function divide(a: Num, b: Num): Num | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    const quotient = a / b;
    if (Number.isSafeInteger(quotient) && Number.isSafeInteger(a) && Number.isSafeInteger(b))
      return quotient + 0;
  }
  if (isInteger(a) && isInteger(b)) {
    const x = toBigInt(a);
    const y = toBigInt(b);
    if (x !== undefined && y !== undefined && x % y === 0n) return fromBigInt(x / y);
  }
  const x = toFloat(a);
  const y = toFloat(b);
  if (x === undefined || y === undefined) return undefined;
  const shift = 2 * PRECISION + 2;
  const scaled = x.mantissa << BigInt(shift);
  const quotient = scaled / y.mantissa;
  // A non-zero remainder sets the sticky bit, so that rounding sees what integer division dropped.
  const sticky = scaled % y.mantissa === 0n ? quotient << 1n : (quotient << 1n) | 1n;
  return fromFloat(rounded(sticky, x.exponent - y.exponent - shift - 1));
}

function slowly(
  a: Num,
  b: Num,
  integers: (x: bigint, y: bigint) => bigint | undefined,
  floats: (x: Float, y: Float) => Float,
): Num | undefined {
  if (isInteger(a) && isInteger(b)) {
    const x = toBigInt(a);
    const y = toBigInt(b);
    if (x !== undefined && y !== undefined) {
      const whole = integers(x, y);
      return whole === undefined ? undefined : fromBigInt(whole);
    }
  }
  const x = toFloat(a);
  const y = toFloat(b);
  return x === undefined || y === undefined ? undefined : fromFloat(floats(x, y));
}

function addFloats(x: Float, y: Float): Float {
  const exponent = Math.min(x.exponent, y.exponent);
  if (Math.max(x.exponent, y.exponent) - exponent > 100_000) return x.exponent > y.exponent ? x : y;
  const left = x.mantissa << BigInt(x.exponent - exponent);
  const right = y.mantissa << BigInt(y.exponent - exponent);
  return rounded(left + right, exponent);
}

function bitLength(n: bigint): number {
  return n === 0n ? 0 : (n < 0n ? -n : n).toString(2).length;
}

/** mantissa × 2^exponent to 64 bits, ties to even. */
function rounded(mantissa: bigint, exponent: number): Float {
  const excess = bitLength(mantissa) - PRECISION;
  if (excess <= 0) return { mantissa, exponent };
  const negative = mantissa < 0n;
  const absolute = negative ? -mantissa : mantissa;
  const unit = 1n << BigInt(excess);
  let kept = absolute >> BigInt(excess);
  const rest = absolute & (unit - 1n);
  const half = unit >> 1n;
  if (rest > half || (rest === half && (kept & 1n) === 1n)) kept += 1n;
  return { mantissa: negative ? -kept : kept, exponent: exponent + excess };
}

function toFloat(n: Num): Float | undefined {
  const { digits, exponent } = exactOf(n);
  if (Math.abs(exponent) > LARGEST_POWER_OF_TEN) return undefined;
  if (exponent >= 0) return rounded(digits * 10n ** BigInt(exponent), 0);
  const divisor = 10n ** BigInt(-exponent);
  const shift = bitLength(divisor) + PRECISION + 2;
  const scaled = digits << BigInt(shift);
  const negative = scaled < 0n;
  const absolute = negative ? -scaled : scaled;
  const quotient = absolute / divisor;
  const sticky = absolute % divisor === 0n ? quotient << 1n : (quotient << 1n) | 1n;
  return rounded(negative ? -sticky : sticky, -shift - 1);
}

/** The shortest decimal that reads back as the same 64-bit float. */
function fromFloat(f: Float): Num | undefined {
  if (f.mantissa === 0n) return 0;
  if (Math.abs(f.exponent) > 4 * LARGEST_POWER_OF_TEN) return undefined;
  const [digits, exponent] = exactDecimal(f);
  const text = (digits < 0n ? -digits : digits).toString();
  for (let kept = Math.min(15, text.length); kept <= Math.min(21, text.length); kept += 1) {
    const candidate = shorten(text, kept, exponent);
    const value = digits < 0n ? -candidate.digits : candidate.digits;
    const back = toFloat(fromExactUnchecked(value, candidate.exponent));
    if (back !== undefined && sameFloat(back, f)) return fromExact(value, candidate.exponent);
  }
  return fromExact(digits, exponent);
}

const fromExactUnchecked = (digits: bigint, exponent: number): Num => new Decimal(digits, exponent);

function exactDecimal(f: Float): [bigint, number] {
  if (f.exponent >= 0) return [f.mantissa << BigInt(f.exponent), 0];
  return [f.mantissa * 5n ** BigInt(-f.exponent), f.exponent];
}

function shorten(text: string, kept: number, exponent: number): { digits: bigint; exponent: number } {
  const dropped = text.length - kept;
  const head = BigInt(text.slice(0, kept));
  const up = dropped > 0 && (text[kept] ?? '0') >= '5';
  return { digits: up ? head + 1n : head, exponent: exponent + dropped };
}

function sameFloat(a: Float, b: Float): boolean {
  const exponent = Math.min(a.exponent, b.exponent);
  if (Math.max(a.exponent, b.exponent) - exponent > 200) return false;
  return a.mantissa << BigInt(a.exponent - exponent) === b.mantissa << BigInt(b.exponent - exponent);
}

/** Rounds half away from zero to a whole number, as Go's `big.Float` based `round` does. */
export function roundToInteger(n: Num, mode: 'round' | 'ceil' | 'floor'): Num {
  const { digits, exponent } = exactOf(n);
  if (exponent >= 0) return n;
  if (exponent < -LARGEST_POWER_OF_TEN)
    return mode === 'ceil' && digits > 0n ? 1 : mode === 'floor' && digits < 0n ? -1 : 0;
  const unit = 10n ** BigInt(-exponent);
  const negative = digits < 0n;
  const absolute = negative ? -digits : digits;
  let whole = absolute / unit;
  const rest = absolute % unit;
  if (mode === 'round' ? rest * 2n >= unit : rest !== 0n && (mode === 'ceil') !== negative) whole += 1n;
  return fromBigInt(negative ? -whole : whole);
}

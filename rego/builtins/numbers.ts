import { add, divide, multiply, roundToInteger, subtract } from '../value/arithmetic.ts';
import { isNumber, RegoSet } from '../value/collections.ts';
import { typeName } from '../value/compare.ts';
import {
  compareNumbers,
  exactOf,
  fromBigInt,
  fromExact,
  isInteger,
  type Num,
  toBigInt,
} from '../value/number.ts';
import type { Value } from '../value/types.ts';
import {
  type Builtin,
  BuiltinError,
  bigOperand,
  define,
  integerOperand,
  numberOperand,
  OperandError,
  operandError,
  setOperand,
  stringOperand,
} from './builtin.ts';

const tooLarge = (result: Num | undefined): Num => {
  if (result === undefined) throw new BuiltinError('number out of range');
  return result;
};

const arithmetic = (name: string, operation: (a: Num, b: Num) => Num | undefined): Builtin =>
  define(name, ['number', 'number'], 'number', (args) =>
    tooLarge(operation(numberOperand(args, 1), numberOperand(args, 2))),
  );

function minus(args: readonly Value[]): Value {
  const [a, b] = args as [Value, Value];
  if (a instanceof RegoSet) {
    const other = setOperand(args, 2);
    return RegoSet.of(a.values().filter((element) => !other.has(element)));
  }
  if (!isNumber(a)) throw operandError(1, 'one of {number, set}', typeName(a));
  return tooLarge(subtract(a, numberOperand([a, b], 2)));
}

function div(a: Num, b: Num): Num | undefined {
  if (b === 0) throw new BuiltinError('divide by zero');
  return divide(a, b);
}

function rem(args: readonly Value[]): Value {
  const a = numberOperand(args, 1);
  const b = numberOperand(args, 2);
  if (!isInteger(a) || !isInteger(b)) throw new BuiltinError('modulo on floating-point number');
  if (b === 0) throw new BuiltinError('modulo by zero');
  const x = toBigInt(a);
  const y = toBigInt(b);
  if (x === undefined || y === undefined) throw new BuiltinError('number out of range');
  return fromBigInt(x % y);
}

function abs(n: Num): Num {
  const { digits, exponent } = exactOf(n);
  return digits < 0n ? fromExact(-digits, exponent) : n;
}

const unary = (name: string, operation: (n: Num) => Num): Builtin =>
  define(name, ['number'], 'number', (args) => operation(numberOperand(args, 1)));

const range = (name: string, operands: number): Builtin =>
  define(
    name,
    Array.from({ length: operands }, () => 'number' as const),
    'array',
    (args, { budget }) => {
      const from = bigOperand(args, 1);
      const to = bigOperand(args, 2);
      const step = operands === 3 ? bigOperand(args, 3) : 1n;
      if (step <= 0n) throw new BuiltinError('step must be a positive integer');
      const distance = from <= to ? to - from : from - to;
      const count = distance / step + 1n;
      budget.charge(count > 9007199254740991n ? Number.POSITIVE_INFINITY : Number(count));
      const signed = from <= to ? step : -step;
      return Array.from({ length: Number(count) }, (_unused, i) => fromBigInt(from + signed * BigInt(i)));
    },
  );

const bitwise = (name: string, operation: (a: bigint, b: bigint) => bigint): Builtin =>
  define(name, ['number', 'number'], 'number', (args) =>
    fromBigInt(operation(bigOperand(args, 1), bigOperand(args, 2))),
  );

/** Shifts beyond this would only make gigantic numbers. */
const LARGEST_SHIFT = 100_000n;

function shiftOperand(args: readonly Value[]): bigint {
  const by = bigOperand(args, 2);
  if (by < 0n) throw operandError(2, 'an unsigned integer number', 'a negative integer');
  if (by > LARGEST_SHIFT) throw new BuiltinError(`shift by more than ${LARGEST_SHIFT}`);
  return by;
}

const digits: Readonly<Record<string, number>> = { 2: 2, 8: 8, 10: 10, 16: 16 };

function formatInt(args: readonly Value[]): Value {
  const n = roundTowardsZero(numberOperand(args, 1));
  const base = numberOperand(args, 2);
  const radix = typeof base === 'number' ? digits[String(base)] : undefined;
  if (radix === undefined) throw new OperandError('operand 2 must be one of {2, 8, 10, 16}');
  return n.toString(radix);
}

function roundTowardsZero(n: Num): bigint {
  return toBigInt(roundToInteger(n, compareNumbers(n, 0) < 0 ? 'ceil' : 'floor')) ?? 0n;
}

function randomInteger(args: readonly Value[], environment: Parameters<Builtin['evaluate']>[1]): Value {
  const key = `rand.intn ${stringOperand(args, 1)}`;
  const below = Math.abs(integerOperand(args, 2));
  const known = environment.kept.get(`${key} ${below}`);
  const value = known ?? Math.floor(environment.random() * below);
  environment.kept.set(`${key} ${below}`, value);
  return value;
}

export const numbers: readonly Builtin[] = [
  arithmetic('plus', add),
  define(
    'minus',
    [
      ['number', 'set'],
      ['number', 'set'],
    ],
    ['number', 'set'],
    minus,
  ),
  arithmetic('mul', multiply),
  arithmetic('div', div),
  define('rem', ['number', 'number'], 'number', rem),
  unary('abs', abs),
  unary('round', (n) => roundToInteger(n, 'round')),
  unary('ceil', (n) => roundToInteger(n, 'ceil')),
  unary('floor', (n) => roundToInteger(n, 'floor')),
  range('numbers.range', 2),
  range('numbers.range_step', 3),
  bitwise('bits.and', (a, b) => a & b),
  bitwise('bits.or', (a, b) => a | b),
  bitwise('bits.xor', (a, b) => a ^ b),
  define('bits.negate', ['number'], 'number', (args) => fromBigInt(~bigOperand(args, 1))),
  define('bits.lsh', ['number', 'number'], 'number', (args) =>
    fromBigInt(bigOperand(args, 1) << shiftOperand(args)),
  ),
  define('bits.rsh', ['number', 'number'], 'number', (args) =>
    fromBigInt(bigOperand(args, 1) >> shiftOperand(args)),
  ),
  define('format_int', ['number', 'number'], 'string', formatInt),
  { ...define('rand.intn', ['string', 'number'], 'number', randomInteger), isNondeterministic: true },
];

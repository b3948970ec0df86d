import { roundToInteger } from '../value/arithmetic.ts';
import { exactOf, fromExact, type Num, parseNumber } from '../value/number.ts';
import type { Value } from '../value/types.ts';
import { type Builtin, BuiltinError, define, stringOperand } from './builtin.ts';

const binary = (power: number): Num => fromExact(1024n ** BigInt(power), 0);
const decimal = (exponent: number): Num => fromExact(1n, exponent);

/** Case matters for the one pair that differs by it: `m` is milli, `M` is mega. */
const multipliers: Readonly<Record<string, Num>> = {
  m: decimal(-3),
  '': 1,
  k: decimal(3),
  M: decimal(6),
  g: decimal(9),
  t: decimal(12),
  p: decimal(15),
  e: decimal(18),
  ki: binary(1),
  mi: binary(2),
  gi: binary(3),
  ti: binary(4),
  pi: binary(5),
  ei: binary(6),
};

const byteMultipliers: Readonly<Record<string, Num>> = {
  '': 1,
  k: decimal(3),
  m: decimal(6),
  g: decimal(9),
  t: decimal(12),
  p: decimal(15),
  e: decimal(18),
  ki: binary(1),
  mi: binary(2),
  gi: binary(3),
  ti: binary(4),
  pi: binary(5),
  ei: binary(6),
};

interface Amount {
  readonly number: string;
  readonly unit: string;
}

function amountOf(text: string, what: string): Amount {
  const bare = text.replaceAll('"', '');
  if (bare.includes(' ')) throw new BuiltinError('spaces not allowed in resource strings');
  const number = /^[+-]?[0-9.]*(?:[eE][+-]?[0-9]+)?/.exec(bare)?.[0] ?? '';
  if (!/[0-9.]/.test(number)) throw new BuiltinError(`no ${what} provided`);
  return { number, unit: bare.slice(number.length) };
}

function numeric(text: string, what: string): Num {
  const normal = text
    .replace(/^\+/, '')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?=$|[eE])/, '')
    .replace(/^(-?)0+(?=\d)/, '$1');
  const value = parseNumber(normal);
  if (value === undefined) throw new BuiltinError(`could not parse ${what} to a number`);
  return value;
}

function times(amount: Num, multiplier: Num): Num {
  const a = exactOf(amount);
  const b = exactOf(multiplier);
  return fromExact(a.digits * b.digits, a.exponent + b.exponent);
}

function parse(args: readonly Value[]): Value {
  const { number, unit } = amountOf(stringOperand(args, 1), 'amount');
  const key = unit === 'm' || unit === 'M' ? unit : unit.toLowerCase();
  const multiplier = Object.hasOwn(multipliers, key) ? multipliers[key] : undefined;
  if (multiplier === undefined) throw new BuiltinError(`unit ${unit} not recognized`);
  return times(numeric(number, 'amount'), multiplier);
}

function parseBytes(args: readonly Value[]): Value {
  const { number, unit } = amountOf(stringOperand(args, 1), 'byte amount');
  const key = unit.toLowerCase().replace(/b$/, '');
  const multiplier = Object.hasOwn(byteMultipliers, key) ? byteMultipliers[key] : undefined;
  if (multiplier === undefined) throw new BuiltinError(`byte unit ${unit} not recognized`);
  return roundToInteger(times(numeric(number, 'byte amount'), multiplier), 'floor');
}

export const units: readonly Builtin[] = [
  define('units.parse', ['string'], 'number', parse),
  define('units.parse_bytes', ['string'], 'number', parseBytes),
];

import type { Environment } from '../eval/context.ts';
import { isNumber, RegoSet } from '../value/collections.ts';
import { typeName } from '../value/compare.ts';
import { isInteger, type Num, toBigInt } from '../value/number.ts';
import { type AnyObject, isObject } from '../value/object.ts';
import { goQuote } from '../value/text.ts';
import type { TypeName, Value } from '../value/types.ts';

/** A built-in function. Undefined is its way to say that there is no result. */
export interface Builtin {
  readonly name: string;
  /** The types of its operands, checked by the compiler where a type is known. */
  readonly operands: readonly OperandType[];
  readonly result: OperandType;
  /** The operands are of the given arity; throws `BuiltinError` or `OperandError`. */
  readonly evaluate: (args: readonly Value[], environment: Environment) => Value | undefined;
  /** The result for the usual operands, where it can be had without ceremony. */
  readonly direct?: (a: Value, b: Value) => Value | undefined;
  /** True for `walk`: the result is an array of results, one after the other. */
  readonly isRelation?: boolean;
  /** True when equal operands may give different results at another time. */
  readonly isNondeterministic?: boolean;
}

/** `any`, a type, or several. */
export type OperandType = 'any' | TypeName | readonly TypeName[];

/** The operation failed: undefined for a policy, `eval_builtin_error` under strict built-in errors. */
export class BuiltinError extends Error {}

/** An operand is of the wrong type or shape: `eval_type_error` under strict built-in errors. */
export class OperandError extends Error {}

type Implementation = Builtin['evaluate'];

/** Declares a built-in in one line: name, operand types, result type, implementation. */
export function define(
  name: string,
  operands: readonly OperandType[],
  result: OperandType,
  evaluate: Implementation,
): Builtin {
  return { name, operands, result, evaluate };
}

/** What OPA says of an operand that does not fit. */
export function operandError(position: number, expected: string, got: string): OperandError {
  return new OperandError(`operand ${position} must be ${expected} but got ${got}`);
}

export function stringOperand(args: readonly Value[], position: number): string {
  const value = args[position - 1] as Value;
  if (typeof value !== 'string') throw operandError(position, 'string', typeName(value));
  return value;
}

export function numberOperand(args: readonly Value[], position: number): Num {
  const value = args[position - 1] as Value;
  if (!isNumber(value)) throw operandError(position, 'number', typeName(value));
  return value;
}

/** A whole number of any size. */
export function bigOperand(args: readonly Value[], position: number): bigint {
  const value = numberOperand(args, position);
  const whole = isInteger(value) ? toBigInt(value) : undefined;
  if (whole === undefined) throw operandError(position, 'integer number', 'floating-point number');
  return whole;
}

/** A whole number that a loop or an index can use. */
export function integerOperand(args: readonly Value[], position: number): number {
  return Number(bigOperand(args, position));
}

export function arrayOperand(args: readonly Value[], position: number): readonly Value[] {
  const value = args[position - 1] as Value;
  if (!Array.isArray(value)) throw operandError(position, 'array', typeName(value));
  return value as readonly Value[];
}

export function setOperand(args: readonly Value[], position: number): RegoSet {
  const value = args[position - 1] as Value;
  if (!(value instanceof RegoSet)) throw operandError(position, 'set', typeName(value));
  return value;
}

export function objectOperand(args: readonly Value[], position: number): AnyObject {
  const value = args[position - 1] as Value;
  if (!isObject(value)) throw operandError(position, 'object', typeName(value));
  return value;
}

/** The elements of an array or a set. */
export function elementsOperand(
  args: readonly Value[],
  position: number,
  expected: string,
): readonly Value[] {
  const value = args[position - 1] as Value;
  const elements = elementsOf(value);
  if (elements === undefined) throw operandError(position, expected, typeName(value));
  return elements;
}

export function elementsOf(value: Value): readonly Value[] | undefined {
  if (Array.isArray(value)) return value as readonly Value[];
  return value instanceof RegoSet ? value.values() : undefined;
}

/** Strings of an array or a set. */
export function stringsOperand(
  args: readonly Value[],
  position: number,
  expected: string,
): readonly string[] {
  return elementsOperand(args, position, expected).map((element) => {
    if (typeof element === 'string') return element;
    const kind = Array.isArray(args[position - 1]) ? 'array' : 'set';
    throw operandError(position, `${kind} of strings`, `${kind} containing ${typeName(element)}`);
  });
}

/** A Go string literal, for messages. */
export const quoted = (text: string): string => goQuote(text);

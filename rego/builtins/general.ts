import { RegoError } from '../errors.ts';
import { parseModule } from '../syntax/parser.ts';
import { moduleToValue } from '../syntax/to-value.ts';
import { isNumber } from '../value/collections.ts';
import { typeName } from '../value/compare.ts';
import { parseNumber } from '../value/number.ts';
import type { Value } from '../value/types.ts';
import { type Builtin, BuiltinError, define, OperandError, operandError, stringOperand } from './builtin.ts';

function toNumber(args: readonly Value[]): Value {
  const value = args[0] as Value;
  if (value === null || value === false) return 0;
  if (value === true) return 1;
  if (isNumber(value)) return value;
  if (typeof value !== 'string')
    throw operandError(1, 'one of {null, boolean, number, string}', typeName(value));
  if (/^[+-]?(?:inf|infinity|nan)$/i.test(value))
    throw new OperandError('operand 1 must be valid number string');
  const number = parseNumber(
    value
      .replace(/^\+/, '')
      .replace(/^(-?)0+(?=\d)/, '$1')
      .replace(/^(-?)\./, '$10.')
      .replace(/\.(?=$|e)/i, ''),
  );
  if (number === undefined)
    throw new BuiltinError(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`);
  return number;
}

function parse(args: readonly Value[]): Value {
  try {
    return moduleToValue(parseModule(stringOperand(args, 1), stringOperand(args, 2)));
  } catch (error) {
    if (error instanceof RegoError) throw new BuiltinError(error.message);
    throw error;
  }
}

/** Comparisons are planned directly; these entries give their types and serve as replacements of functions. */
const comparison = (name: string): Builtin => define(name, ['any', 'any'], 'boolean', () => undefined);

export const general: readonly Builtin[] = [
  ...['equal', 'neq', 'lt', 'lte', 'gt', 'gte'].map(comparison),
  define('to_number', ['any'], 'number', toNumber),
  define('rego.parse_module', ['string', 'string'], 'object', parse),
  define('rego.metadata.chain', [], 'array', () => []),
  define('rego.metadata.rule', [], 'any', () => ({})),
  { ...define('opa.runtime', [], 'object', (_args, { runtime }) => runtime), isNondeterministic: true },
  define('print', [], 'boolean', () => true),
  define('trace', ['string'], 'boolean', (args, { print }) => {
    print?.(stringOperand(args, 1), '');
    return true;
  }),
];

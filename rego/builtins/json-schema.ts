import { typeName } from '../value/compare.ts';
import { parseJson } from '../value/json.ts';
import { isObject, objectEntries, objectGet, objectKeys } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import { type Builtin, BuiltinError, define, type OperandType, operandError } from './builtin.ts';
import { DEEPEST, Validator } from './json-schema-validator.ts';

const typeNames = ['array', 'boolean', 'integer', 'number', 'null', 'object', 'string'];

/** A schema given as JSON text or as an object; throws what is wrong with it. */
function schemaOperand(value: Value, position: number): Value {
  let schema: Value;
  if (typeof value === 'string') {
    try {
      schema = parseJson(value);
    } catch (error) {
      throw new BuiltinError(`jsonschema: ${(error as Error).message}`);
    }
  } else if (isObject(value)) {
    schema = value;
  } else {
    throw operandError(position, 'one of {string, object}', typeName(value));
  }
  checkSchema(schema, 0);
  return schema;
}

/** Types must be known, whatever else a schema says. */
function checkSchema(schema: Value, depth: number): void {
  if (depth > DEEPEST) throw new BuiltinError('schema nests too deeply');
  if (Array.isArray(schema)) for (const item of schema as readonly Value[]) checkSchema(item, depth + 1);
  if (!isObject(schema)) return;
  const type = objectGet(schema, 'type');
  for (const name of typeof type === 'string'
    ? [type]
    : Array.isArray(type)
      ? (type as readonly Value[])
      : []) {
    if (!typeNames.includes(String(name))) {
      throw new BuiltinError(
        `has a primitive type that is NOT VALID -- given: /${String(name)}/ Expected valid values are:[${typeNames.join(' ')}]`,
      );
    }
  }
  for (const key of objectKeys(schema)) {
    if (key === 'enum' || key === 'const' || key === 'default' || key === 'examples') continue;
    const part = objectGet(schema, key) as Value;
    if (key === 'properties' || key === 'patternProperties' || key === 'definitions' || key === '$defs') {
      if (isObject(part)) for (const [, inner] of objectEntries(part)) checkSchema(inner, depth + 1);
    } else checkSchema(part, depth + 1);
  }
}

function documentOperand(value: Value): Value {
  if (typeof value !== 'string') return value;
  try {
    return parseJson(value);
  } catch (error) {
    throw new BuiltinError((error as Error).message);
  }
}

function matchSchema(args: readonly Value[]): Value {
  const document = documentOperand(args[0] as Value);
  const schema = schemaOperand(args[1] as Value, 2);
  const validator = new Validator(schema);
  validator.check(schema, { value: document, path: '', depth: 0 });
  const misses = validator.misses.map(
    ({ type, field, desc }): Value => ({ desc, error: `${field}: ${desc}`, field, type }),
  );
  return [misses.length === 0, misses];
}

function verifySchema(args: readonly Value[]): Value {
  try {
    schemaOperand(args[0] as Value, 1);
    return [true, null];
  } catch (error) {
    if (!(error instanceof BuiltinError)) throw error;
    return [false, error.message.startsWith('jsonschema: ') ? error.message : `jsonschema: ${error.message}`];
  }
}

const textOrObject: OperandType = ['string', 'object'];

export const jsonSchema: readonly Builtin[] = [
  define('json.match_schema', ['any', textOrObject], 'array', matchSchema),
  define('json.verify_schema', [textOrObject], 'array', verifySchema),
];

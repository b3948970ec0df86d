import { isNumber, RegoSet } from '../value/collections.ts';
import { equal, typeName } from '../value/compare.ts';
import { spend } from '../value/fuel.ts';
import { jsonText, keyText } from '../value/json.ts';
import { compareNumbers, exactOf, isInteger, numberText } from '../value/number.ts';
import { isObject, objectEntries, objectGet, objectSize } from '../value/object.ts';
import type { Value } from '../value/types.ts';
import { BuiltinError } from './builtin.ts';
import { formatOf } from './json-schema-formats.ts';
import { regex } from './regex.ts';

/** One way in which a document misses its schema, in the words of OPA's validator (gojsonschema). */
export interface Miss {
  readonly type: string;
  readonly field: string;
  readonly desc: string;
}

/** How deep schemas and documents may nest. */
export const DEEPEST = 200;

/** What stands at one place of the document while it is checked. */
interface Place {
  readonly value: Value;
  readonly path: string;
  readonly depth: number;
}

/**
 * A validator for JSON Schema draft 7. Schemas are data, so nothing is compiled to code; patterns run on the
 * linear-time engine; `$ref` stays inside the schema, nothing is fetched.
 */
export class Validator {
  private readonly root: Value;
  readonly misses: Miss[] = [];

  constructor(root: Value) {
    this.root = root;
  }

  check(schema: Value, at: Place): void {
    if (at.depth > DEEPEST) throw new BuiltinError('schema nests too deeply, or refers to itself');
    spend(8);
    if (typeof schema === 'boolean') {
      if (!schema) this.miss(at, 'false', 'False always fails validation');
      return;
    }
    if (!isObject(schema)) return;
    const ref = objectGet(schema, '$ref');
    if (typeof ref === 'string') {
      this.check(this.resolve(ref), { ...at, depth: at.depth + 1 });
      return;
    }
    this.checkAny(schema, at);
    if (typeof at.value === 'string') this.checkString(schema, at, at.value);
    else if (isNumber(at.value)) this.checkNumber(schema, at);
    else if (Array.isArray(at.value)) this.checkArray(schema, at, at.value as readonly Value[]);
    else if (isObject(at.value)) this.checkObject(schema, at);
    this.checkCombinations(schema, at);
  }

  private miss({ path }: Place, type: string, desc: string): void {
    this.misses.push({ type, field: path === '' ? '(root)' : path, desc });
  }

  private below(at: Place, key: string, value: Value): Place {
    return { value, path: at.path === '' ? key : `${at.path}.${key}`, depth: at.depth + 1 };
  }

  /** True when a schema accepts the place; its misses are not reported. */
  private accepts(schema: Value, at: Place): boolean {
    const inner = new Validator(this.root);
    inner.check(schema, { ...at, depth: at.depth + 1 });
    return inner.misses.length === 0;
  }

  private resolve(ref: string): Value {
    if (!ref.startsWith('#')) throw new BuiltinError(`reference ${ref} leaves the schema`);
    let target: Value | undefined = this.root;
    for (const part of ref.slice(1).split('/').filter(Boolean)) {
      const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      if (Array.isArray(target)) target = (target as readonly Value[])[Number(key)];
      else target = target !== undefined && isObject(target) ? objectGet(target, key) : undefined;
    }
    if (target === undefined) throw new BuiltinError(`Object has no key '${ref}'`);
    return target;
  }

  private checkAny(schema: Value & object, at: Place): void {
    const get = (name: string): Value | undefined => objectGet(schema as never, name);
    const type = get('type');
    const types =
      typeof type === 'string'
        ? [type]
        : Array.isArray(type)
          ? (type as readonly Value[]).map(String)
          : undefined;
    if (types !== undefined && !types.some((name) => hasType(at.value, name))) {
      this.miss(
        at,
        'invalid_type',
        `Invalid type. Expected: ${types.length === 1 ? types[0] : types.join('/')}, given: ${givenType(at.value)}`,
      );
    }
    const choices = get('enum');
    if (Array.isArray(choices) && !(choices as readonly Value[]).some((choice) => equal(choice, at.value))) {
      const list = (choices as readonly Value[]).map((choice) => jsonText(choice)).join(', ');
      this.miss(at, 'enum', `${fieldName(at)} must be one of the following: ${list}`);
    }
    const constant = get('const');
    if (constant !== undefined && !equal(constant, at.value))
      this.miss(at, 'const', `${fieldName(at)} does not match: ${jsonText(constant)}`);
  }

  private checkString(schema: Value & object, at: Place, text: string): void {
    const get = (name: string): Value | undefined => objectGet(schema as never, name);
    const length = Array.from(text).length;
    const least = limit(get('minLength'));
    const most = limit(get('maxLength'));
    if (least !== undefined && length < least)
      this.miss(at, 'string_gte', `String length must be greater than or equal to ${least}`);
    if (most !== undefined && length > most)
      this.miss(at, 'string_lte', `String length must be less than or equal to ${most}`);
    const pattern = get('pattern');
    if (typeof pattern === 'string' && !regex(pattern).matcher(text).find())
      this.miss(at, 'pattern', `Does not match pattern '${pattern}'`);
    const format = get('format');
    if (typeof format === 'string' && formatOf(format)?.(text) === false)
      this.miss(at, 'format', `Does not match format '${format}'`);
  }

  private checkNumber(schema: Value & object, at: Place): void {
    const bound = (name: string, holds: (order: number) => boolean, type: string, words: string): void => {
      const limitValue = objectGet(schema as never, name);
      if (limitValue === undefined || !isNumber(limitValue) || !isNumber(at.value)) return;
      if (!holds(compareNumbers(at.value, limitValue)))
        this.miss(at, type, `Must be ${words} ${numberText(limitValue)}`);
    };
    bound('minimum', (order) => order >= 0, 'number_gte', 'greater than or equal to');
    bound('exclusiveMinimum', (order) => order > 0, 'number_gt', 'greater than');
    bound('maximum', (order) => order <= 0, 'number_lte', 'less than or equal to');
    bound('exclusiveMaximum', (order) => order < 0, 'number_lt', 'less than');
    const step = objectGet(schema as never, 'multipleOf');
    if (step !== undefined && isNumber(step) && isNumber(at.value) && !isMultiple(at.value, step)) {
      this.miss(at, 'multiple_of', `Must be a multiple of ${numberText(step)}`);
    }
  }

  private checkArray(schema: Value & object, at: Place, items: readonly Value[]): void {
    const get = (name: string): Value | undefined => objectGet(schema as never, name);
    const least = limit(get('minItems'));
    const most = limit(get('maxItems'));
    if (least !== undefined && items.length < least)
      this.miss(at, 'array_min_items', `Array must have at least ${least} items`);
    if (most !== undefined && items.length > most)
      this.miss(at, 'array_max_items', `Array must have at most ${most} items`);
    if (get('uniqueItems') === true && RegoSet.of(items).size < items.length)
      this.miss(at, 'unique', 'array items[0,1] must be unique');
    const itemSchema = get('items');
    const extra = get('additionalItems');
    items.forEach((item, i) => {
      const list = Array.isArray(itemSchema) ? (itemSchema as readonly Value[]) : undefined;
      const wanted = list === undefined ? itemSchema : (list[i] ?? extra);
      if (wanted === false && list !== undefined)
        this.miss(at, 'array_no_additional_items', 'No additional items allowed on array');
      else if (wanted !== undefined) this.check(wanted, this.below(at, String(i), item));
    });
    const contained = get('contains');
    if (
      contained !== undefined &&
      !items.some((item, i) => this.accepts(contained, this.below(at, String(i), item)))
    ) {
      this.miss(at, 'contains', 'At least one of the items must match');
    }
  }

  private checkObject(schema: Value & object, at: Place): void {
    if (!isObject(at.value)) return;
    const get = (name: string): Value | undefined => objectGet(schema as never, name);
    const entries = objectEntries(at.value).map(([key, value]) => [keyText(key), value] as const);
    const required = get('required');
    for (const name of Array.isArray(required) ? (required as readonly Value[]) : []) {
      if (!entries.some(([key]) => key === name)) this.miss(at, 'required', `${String(name)} is required`);
    }
    const least = limit(get('minProperties'));
    const most = limit(get('maxProperties'));
    const size = objectSize(at.value);
    if (least !== undefined && size < least)
      this.miss(at, 'array_min_properties', `Must have at least ${least} properties`);
    if (most !== undefined && size > most)
      this.miss(at, 'array_max_properties', `Must have at most ${most} properties`);
    for (const [key, value] of entries) this.checkProperty(schema, at, key, value);
    this.checkDependencies(
      get('dependencies'),
      at,
      entries.map(([key]) => key),
    );
    const names = get('propertyNames');
    if (names !== undefined && !entries.every(([key]) => this.accepts(names, { ...at, value: key }))) {
      this.miss(at, 'invalid_property_name', 'Property name does not match');
    }
  }

  private checkProperty(schema: Value & object, at: Place, key: string, value: Value): void {
    const get = (name: string): Value | undefined => objectGet(schema as never, name);
    const place = this.below(at, key, value);
    let known = false;
    const properties = get('properties');
    const own = properties !== undefined && isObject(properties) ? objectGet(properties, key) : undefined;
    if (own !== undefined) {
      known = true;
      this.check(own, place);
    }
    const patterns = get('patternProperties');
    for (const [pattern, wanted] of patterns !== undefined && isObject(patterns)
      ? objectEntries(patterns)
      : []) {
      if (!regex(String(pattern)).matcher(key).find()) continue;
      known = true;
      this.check(wanted, place);
    }
    const additional = get('additionalProperties');
    if (known || additional === undefined) return;
    if (additional === false)
      this.miss(at, 'additional_property_not_allowed', `Additional property ${key} is not allowed`);
    else this.check(additional, place);
  }

  private checkDependencies(dependencies: Value | undefined, at: Place, keys: readonly string[]): void {
    if (dependencies === undefined || !isObject(dependencies)) return;
    for (const [key, needed] of objectEntries(dependencies)) {
      if (!keys.includes(String(key))) continue;
      if (!Array.isArray(needed)) this.check(needed, { ...at, depth: at.depth + 1 });
      else {
        for (const name of needed as readonly Value[]) {
          if (!keys.includes(String(name)))
            this.miss(at, 'missing_dependency', `Has a dependency on ${String(name)}`);
        }
      }
    }
  }

  private checkCombinations(schema: Value & object, at: Place): void {
    const get = (name: string): Value | undefined => objectGet(schema as never, name);
    const list = (name: string): readonly Value[] | undefined => {
      const value = get(name);
      return Array.isArray(value) ? (value as readonly Value[]) : undefined;
    };
    const all = list('allOf');
    const any = list('anyOf');
    const one = list('oneOf');
    const not = get('not');
    for (const part of all ?? []) this.check(part, { ...at, depth: at.depth + 1 });
    if (all?.some((part) => !this.accepts(part, at)) === true)
      this.miss(at, 'number_all_of', 'Must validate all the schemas (allOf)');
    if (any !== undefined && !any.some((part) => this.accepts(part, at))) {
      this.miss(at, 'number_any_of', 'Must validate at least one schema (anyOf)');
    }
    if (one !== undefined && one.filter((part) => this.accepts(part, at)).length !== 1) {
      this.miss(at, 'number_one_of', 'Must validate one and only one schema (oneOf)');
    }
    if (not !== undefined && this.accepts(not, at))
      this.miss(at, 'number_not', 'Must not validate the schema (not)');
    const condition = get('if');
    if (condition === undefined) return;
    const branch = get(this.accepts(condition, at) ? 'then' : 'else');
    if (branch !== undefined) this.check(branch, { ...at, depth: at.depth + 1 });
  }
}

const fieldName = ({ path }: Place): string => (path === '' ? '(root)' : path);
const limit = (value: Value | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined;

function hasType(value: Value, name: string): boolean {
  const actual = typeName(value);
  if (name === 'integer') return isNumber(value) && isInteger(value);
  return actual === name || (actual === 'set' && name === 'array');
}

function givenType(value: Value): string {
  if (isNumber(value)) return isInteger(value) ? 'integer' : 'number';
  return value instanceof RegoSet ? 'array' : typeName(value);
}

function isMultiple(value: Parameters<typeof exactOf>[0], step: Parameters<typeof exactOf>[0]): boolean {
  const a = exactOf(value);
  const b = exactOf(step);
  const exponent = Math.min(a.exponent, b.exponent);
  if (b.digits === 0n || Math.max(a.exponent, b.exponent) - exponent > 5000) return false;
  return (
    (a.digits * 10n ** BigInt(a.exponent - exponent)) % (b.digits * 10n ** BigInt(b.exponent - exponent)) ===
    0n
  );
}

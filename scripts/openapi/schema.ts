/** OpenAPI 3.0 schemas, without their prose, as JSON Schema. */

export type Json = string | number | boolean | null | undefined | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

const schemaLists = ['oneOf', 'anyOf', 'allOf'] as const;
/** Keywords that decide whether a value is valid and hold no schema. */
const plainKeywords = [
  'type',
  'enum',
  'format',
  'pattern',
  'required',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'minProperties',
  'maxProperties',
  'uniqueItems',
] as const;

/**
 * The schema with only the keywords that decide validity. `nullable` becomes a type or a choice, references point
 * into `#/schemas`, and `note` hears the name of each schema that is referred to.
 */
export function plainSchema(schema: JsonObject, note: (name: string) => void): JsonObject {
  const reference = schema.$ref;
  if (typeof reference === 'string') return referenceTo(reference, note);

  const plain: Record<string, Json> = {};
  for (const keyword of plainKeywords) if (schema[keyword] !== undefined) plain[keyword] = schema[keyword];
  for (const keyword of schemaLists) {
    const list = schema[keyword] as readonly JsonObject[] | undefined;
    if (list === undefined) continue;
    plain[isChoice(keyword, list) ? 'anyOf' : keyword] = list.map((entry) => plainSchema(entry, note));
  }
  if (isObject(schema.items)) plain.items = plainSchema(schema.items, note);
  if (isObject(schema.not)) plain.not = plainSchema(schema.not, note);
  if (isObject(schema.properties)) {
    plain.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, value]) => [
        name,
        plainSchema(value as JsonObject, note),
      ]),
    );
  }
  const additional = schema.additionalProperties;
  if (additional === false) plain.additionalProperties = false;
  if (isObject(additional)) plain.additionalProperties = plainSchema(additional, note);

  return schema.nullable === true ? orNull(plain) : plain;
}

/**
 * GitHub's alternatives overlap (a file is also a valid symlink), so its own answers fail a strict `oneOf`; and the
 * account of a listed installation is described as a user and an enterprise at once, where one of them is meant.
 */
function isChoice(keyword: (typeof schemaLists)[number], list: readonly JsonObject[]): boolean {
  if (keyword === 'oneOf') return true;
  return keyword === 'allOf' && list.some(({ title }) => title === 'Enterprise');
}

function referenceTo(reference: string, note: (name: string) => void): JsonObject {
  const name = reference.replace('#/components/schemas/', '');
  note(name);
  return { $ref: `#/schemas/${name}` };
}

function orNull(schema: Record<string, Json>): JsonObject {
  const isSimple = typeof schema.type === 'string' && schemaLists.every((list) => schema[list] === undefined);
  if (!isSimple) return { anyOf: [schema, { type: 'null' }] };
  const values = schema.enum as readonly Json[] | undefined;
  const withNull = values === undefined || values.includes(null) ? values : [...values, null];
  return { ...schema, type: [schema.type, 'null'], ...(withNull === undefined ? {} : { enum: withNull }) };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

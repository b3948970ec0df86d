import { z } from 'zod';

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
}

/** Every option of a schema with its type, default and meaning, as Markdown. */
export function optionsTable(schema: z.ZodType): string {
  const [input, output] = (['input', 'output'] as const).map(
    (io) => z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as JsonSchema,
  ) as [JsonSchema, JsonSchema];
  return [
    '| option | type | default | meaning |',
    '|---|---|---|---|',
    ...rowsOf({ input, output }, '', new Map()),
  ].join('\n');
}

/** An option as it is written, and as the program has it: there a duration is a number of milliseconds. */
interface Sides {
  readonly input: JsonSchema;
  readonly output: JsonSchema;
}

/** Shapes that stand in the table already, by their keys: one that comes again is shown by what is different. */
type Shown = Map<string, { readonly path: string; readonly input: JsonSchema }>;

/** A shape of fewer keys is quicker read than looked up. */
const worthNaming = 6;

function rowsOf(sides: Sides, prefix: string, shown: Shown): string[] {
  return Object.entries(sides.input.properties ?? {}).flatMap(([name, input]) => {
    const option = { input, output: sides.output.properties?.[name] ?? {} };
    const path = `${prefix}${name}`;
    const cells = [`\`${path}\``, typeOf(option), defaultOf(option), cell(input.description ?? '')];
    return [`| ${cells.join(' | ')} |`, ...innerRows(option, path, shown)];
  });
}

/** What an option is made of: an object, a list of objects, or objects by a name of one's own. */
function innerRows({ input, output }: Sides, path: string, shown: Shown): string[] {
  if (input.properties !== undefined) return objectRows({ input, output }, path, shown);
  if (input.items?.properties !== undefined) {
    return objectRows({ input: input.items, output: output.items ?? {} }, `${path}[]`, shown);
  }
  const [named, known] = [input.additionalProperties, output.additionalProperties];
  if (typeof named !== 'object' || named.properties === undefined) return [];
  const object = { input: named, output: typeof known === 'object' ? known : {} };
  return objectRows(object, `${path}.NAME`, shown);
}

function objectRows(sides: Sides, path: string, shown: Shown): string[] {
  const properties = sides.input.properties ?? {};
  const keys = Object.keys(properties).join();
  const first = shown.get(keys);
  if (first === undefined) {
    if (Object.keys(properties).length >= worthNaming) shown.set(keys, { path, input: sides.input });
    return rowsOf(sides, `${path}.`, shown);
  }
  const different = Object.entries(properties)
    .filter(([name, { default: own }]) => isOther(own, first.input.properties?.[name]?.default))
    .map(([name, { default: own }]) => `${name}: ${JSON.stringify(own)}`);
  const cells = [`\`${path}.…\``, '', different.map((text) => `\`${cell(text)}\``).join(', ')];
  return [`| ${[...cells, `the keys of \`${first.path}\``].join(' | ')} |`];
}

function isOther(own: unknown, first: unknown): boolean {
  return own !== undefined && typeof own !== 'boolean' && JSON.stringify(own) !== JSON.stringify(first);
}

/** A number, or a text that becomes one. */
function isDuration({ input, output }: Sides): boolean {
  const kinds = input.anyOf?.map(({ type }) => type).join();
  return kinds === 'integer,string' && Object.keys(output.anyOf?.[1] ?? { type: '' }).length === 0;
}

function typeOf(option: Sides): string {
  return isDuration(option) ? 'duration' : typeName(option.input);
}

function typeName(schema: JsonSchema): string {
  if (schema.enum !== undefined) {
    return schema.enum.length > 8
      ? 'name of a rule'
      : schema.enum.map((one) => `\`${String(one)}\``).join(', ');
  }
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  const several = schema.anyOf ?? schema.oneOf;
  if (several !== undefined) return [...new Set(several.map(typeName))].join(' or ');
  if (schema.type === 'array') return `list of ${typeName(schema.items ?? {})}`;
  return schema.type ?? 'any';
}

function defaultOf({ input, output }: Sides): string {
  if (isDuration({ input, output }) && typeof output.default === 'number') {
    return `\`${durationText(output.default)}\``;
  }
  if (input.default === undefined) return '';
  if (typeof input.default === 'object' && input.properties !== undefined) return '';
  return `\`${cell(JSON.stringify(input.default))}\``;
}

/** Ms in the largest unit that they fill. */
function durationText(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const;
  const [unit, length] = units.find(([, size]) => ms >= size && ms % size === 0) ?? ['ms', 1];
  return ms === 0 ? '0' : `${ms / length}${unit}`;
}

/** Text that may stand in a cell of a table. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

import type { z } from 'zod';
import { ConfigError } from '../errors.ts';
import { suggest } from './suggest.ts';

/**
 * Checks a gate's own section of the config before any work is done. Throws one `ConfigError` that lists every
 * problem with its place; an unknown key comes with the key that was probably meant.
 */
export function parseOptions<Options>(schema: z.ZodType<Options>, raw: unknown, place: string): Options {
  const parsed = schema.safeParse(raw ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => describeIssue(schema, issue, place));
  throw new ConfigError(
    'CONFIG_INVALID',
    problems.length === 1 ? (problems[0] ?? '') : `${problems.length} problems:\n- ${problems.join('\n- ')}`,
    `Correct ${problems.length === 1 ? 'this key' : 'these keys'} under ${place}; the gate's README lists every option.`,
  );
}

function describeIssue(schema: z.ZodType, issue: z.core.$ZodIssue, place: string): string[] {
  const where = [place, ...issue.path.map(String)].join('.');
  if (issue.code !== 'unrecognized_keys') return [`${where}: ${issue.message}`];
  const known = knownKeys(schema, issue.path);
  return issue.keys.map((key) => {
    const meant = suggest(key, known);
    const hint = meant === null ? `known keys: ${known.join(', ') || 'none'}` : `did you mean \`${meant}\`?`;
    return `${where}: unknown key \`${key}\`; ${hint}`;
  });
}

/** The keys that the schema knows at a place; empty when the place is not an object of known shape. */
export function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let places: z.core.$ZodType[] = objectsIn(schema);
  for (const step of path) {
    places = places.flatMap((place) => childrenAt(place, step)).flatMap(objectsIn);
  }
  return [...new Set(places.flatMap((place) => Object.keys(shapeOf(place))))];
}

interface LooseDef {
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
}

const defOf = (schema: z.core.$ZodType): LooseDef => schema._zod.def as unknown as LooseDef;
const shapeOf = (schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> =>
  defOf(schema).shape ?? {};

/** Looks through optional, default, pipe and union wrappers. */
function objectsIn(schema: z.core.$ZodType): z.core.$ZodType[] {
  const def = defOf(schema);
  const wrapped = [def.innerType, def.in, ...(def.options ?? [])].filter((inner) => inner !== undefined);
  return wrapped.length === 0 ? [schema] : wrapped.flatMap(objectsIn);
}

function childrenAt(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType[] {
  const def = defOf(schema);
  const child = typeof step === 'number' ? def.element : (shapeOf(schema)[String(step)] ?? def.valueType);
  return child === undefined ? [] : [child];
}

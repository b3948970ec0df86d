import { z } from 'zod';

/** Sections whose keys a service overrides one by one; any other key of a service replaces that of `release`. */
export const mergedSections = ['canary', 'metrics', 'promote_only_if', 'permissions'] as const;
export type MergedSection = (typeof mergedSections)[number];

/** What one service says differently from `release`. */
export type ServiceOverrides<Release extends Record<MergedSection, unknown>> = Partial<
  Omit<Release, MergedSection | 'tags'>
> & {
  readonly [Section in MergedSection]?: Partial<Release[Section]>;
} & { readonly tags: string };

const serviceName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'expected letters, digits, dots, dashes and underscores');

/** `services`: made from the schema of `release`, with `tags` required and no defaults of its own. */
export function servicesSchema<Release extends Record<MergedSection, unknown>>(
  release: z.ZodObject,
): z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodType<ServiceOverrides<Release>>>> {
  const shape = withoutDefaults(release);
  for (const section of mergedSections) {
    const inner = bare(shape[section] as z.ZodType) as z.ZodObject;
    shape[section] = z.strictObject(withoutDefaults(inner)).optional();
  }
  const tags = z.string().min(1).describe('Glob of the tags that release this service, e.g. `api-v*`');
  const service = z.strictObject({ ...shape, tags }) as unknown as z.ZodType<ServiceOverrides<Release>>;
  return z
    .record(serviceName, service)
    .default({})
    .describe('A repository with several services: each with its own tags, over the defaults of `release`');
}

function withoutDefaults(object: z.ZodObject): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(object.shape as Record<string, z.ZodType>).map(([key, schema]) => {
      const optional = bare(schema).optional();
      return [key, schema.description === undefined ? optional : optional.describe(schema.description)];
    }),
  );
}

/** A schema without the wrappers that fill in or allow absence. */
function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return bare(schema.unwrap() as z.ZodType);
  }
  return schema;
}

import { z } from 'zod';
import type { Config, ReleaseConfig } from './schema.ts';

/** Sections whose keys a service overrides one by one; any other key of a service replaces that of `release`. */
const mergedSections = ['canary', 'metrics', 'promote_only_if', 'permissions'] as const;
type MergedSection = (typeof mergedSections)[number];

/** What one service says differently from `release`. */
export type ServiceOverrides = Partial<Omit<ReleaseConfig, MergedSection | 'tags'>> & {
  readonly [Section in MergedSection]?: Partial<ReleaseConfig[Section]>;
} & { readonly tags: string };

const serviceName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'expected letters, digits, dots, dashes and underscores');

/** `services`: made from the schema of `release`, with `tags` required and no defaults of its own. */
export function servicesSchema(
  release: z.ZodObject,
): z.ZodDefault<z.ZodRecord<z.ZodString, z.ZodType<ServiceOverrides>>> {
  const shape = withoutDefaults(release);
  for (const section of mergedSections) {
    const inner = bare(shape[section] as z.ZodType) as z.ZodObject;
    shape[section] = z.strictObject(withoutDefaults(inner)).optional();
  }
  const tags = z.string().min(1).describe('Glob of the tags that release this service, e.g. `api-v*`');
  const service = z.strictObject({ ...shape, tags }) as unknown as z.ZodType<ServiceOverrides>;
  return z
    .record(serviceName, service)
    .default({})
    .describe('A repository with several services: each with its own tags, over the defaults of `release`');
}

/** A release configuration with the service that it is of; a repository without `services` has one without a name. */
export interface ServiceRelease {
  readonly service: string | null;
  readonly release: ReleaseConfig;
}

/** Every service with its complete configuration, in the order of the file. Empty without `release`. */
export function servicesOf({
  release,
  services,
}: Pick<Config, 'release' | 'services'>): readonly ServiceRelease[] {
  if (release === undefined) return [];
  const named = Object.entries(services);
  if (named.length === 0) return [{ service: null, release }];
  return named.map(([service, overrides]) => ({ service, release: merged(release, service, overrides) }));
}

function merged(release: ReleaseConfig, service: string, overrides: ServiceOverrides): ReleaseConfig {
  const sections = Object.fromEntries(
    mergedSections.map((section) => [section, { ...release[section], ...overrides[section] }]),
  );
  return { ...release, service, ...overrides, ...sections } as ReleaseConfig;
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

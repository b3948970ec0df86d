import type { Config, ReleaseConfig } from './schema.ts';
import { mergedSections, type ServiceOverrides } from './service-overrides.ts';

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

function merged(
  release: ReleaseConfig,
  service: string,
  overrides: ServiceOverrides<ReleaseConfig>,
): ReleaseConfig {
  const sections = Object.fromEntries(
    mergedSections.map((section) => [section, { ...release[section], ...overrides[section] }]),
  );
  return { ...release, service, ...overrides, ...sections } as ReleaseConfig;
}

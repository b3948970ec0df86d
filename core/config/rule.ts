import type { Config, ReleaseConfig } from './schema.ts';
import { servicesOf } from './services.ts';

/** A check that looks at several keys at once. Every violated rule is reported. */
export interface ConfigRule {
  readonly name: string;
  check(config: Config): readonly RuleViolation[];
}

export interface RuleViolation {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly help: string;
}

/** A rule of one release configuration, asked of every service; paths are those of `release`. */
export function releaseRule(
  name: string,
  check: (release: ReleaseConfig, config: Config) => readonly RuleViolation[],
): ConfigRule {
  return {
    name,
    check: (config) => {
      const violations = servicesOf(config).flatMap(({ service, release }) =>
        check(release, config).map((violation) => ({
          ...violation,
          path: service === null ? violation.path : placeOf(violation.path, service, config),
        })),
      );
      const known = violations.map((violation) => JSON.stringify(violation));
      return violations.filter((_violation, index) => known.indexOf(known[index] ?? '') === index);
    },
  };
}

/** Where the value comes from: the service when it says so itself, else the defaults in `release`. */
function placeOf(
  path: readonly PropertyKey[],
  service: string,
  { services }: Config,
): readonly PropertyKey[] {
  const keys = path.slice(1);
  const own = keys
    .slice(0, 2)
    .reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : at),
      services[service],
    );
  return own === undefined ? path : ['services', service, ...keys];
}

import type { LockedPackage, LockFile } from './lock-files/model.ts';
import type { Component, Sbom } from './sbom/model.ts';

/**
 * What SBOMs describe and lock files pin, by package URL, else by `name@version`. Made once: a release has tens of
 * thousands of packages, and several judgements ask for them.
 */
export interface PackageIndex {
  /** The first component of each key. */
  readonly described: ReadonlyMap<string, Described>;
  /** For development only when every place that pins it says so. */
  readonly locked: ReadonlyMap<string, LockedPackage>;
}

export interface Described {
  readonly component: Component;
  /** The SBOM that lists it. */
  readonly path: string;
}

export function indexPackages(sboms: readonly Sbom[], locks: readonly LockFile[]): PackageIndex {
  const described = new Map<string, Described>();
  for (const { components, path } of sboms) {
    for (const component of components) {
      const key = component.purl ?? `${component.name}@${component.version}`;
      if (!described.has(key)) described.set(key, { component, path });
    }
  }
  const locked = new Map<string, LockedPackage>();
  for (const { packages } of locks) {
    for (const one of packages) {
      const known = locked.get(one.purl);
      locked.set(one.purl, known === undefined ? one : mergeLocked(known, one));
    }
  }
  return { described, locked };
}

/** One package may be installed in several places; it counts as needed when one of them is. */
export function mergeLocked(a: LockedPackage, b: LockedPackage): LockedPackage {
  return a.dev === b.dev && a.optional === b.optional
    ? a
    : { ...a, dev: a.dev && b.dev, optional: a.optional && b.optional };
}

export interface LicensedComponent {
  readonly component: Component;
  readonly path: string;
  readonly scope: 'runtime' | 'development';
}

/**
 * Every component once, for the licence check; licences completed from the lock file where the SBOM has none. The lock
 * file knows best what is for development only, then the SBOM.
 */
export function* licensedComponents(
  { described, locked }: PackageIndex,
  locks: readonly LockFile[],
): Generator<LicensedComponent> {
  for (const [key, { component, path }] of described) yield licensed(component, path, locked.get(key));
  const taken = new Set<string>();
  for (const { packages, path } of locks) {
    for (const one of packages) {
      if (described.has(one.purl) || taken.has(one.purl)) continue;
      taken.add(one.purl);
      yield licensed(one, path, locked.get(one.purl));
    }
  }
}

function licensed(component: Component, path: string, lock: LockedPackage | undefined): LicensedComponent {
  const silent = component.license === null || component.license === 'NOASSERTION';
  return {
    component: silent && lock?.license ? { ...component, license: lock.license } : component,
    path,
    scope: (lock?.dev ?? component.development === true) ? 'development' : 'runtime',
  };
}

import type { LockedPackage, LockFile } from './lock-files/model.ts';
import type { Component, Sbom } from './sbom/model.ts';

/**
 * What SBOMs describe and lock files pin, by package URL, else by `name@version`; what is described comes first. Made once,
 * with both sides beside each other: a release has tens of thousands of packages, and several judgements ask for them.
 */
export type PackageIndex = ReadonlyMap<string, KnownPackage>;

export type KnownPackage = (DescribedPackage | UndescribedPackage) & {
  /** The SBOM, else the lock file, that names it first. */
  readonly path: string;
};

interface DescribedPackage {
  /** As the first SBOM that lists it describes it. */
  readonly described: Component;
  /** Null when no lock file pins it. For development only when every place that pins it says so. */
  locked: LockedPackage | null;
}

interface UndescribedPackage {
  readonly described: null;
  locked: LockedPackage;
}

export function indexPackages(sboms: readonly Sbom[], locks: readonly LockFile[]): PackageIndex {
  const index = new Map<string, KnownPackage>();
  for (const { components, path } of sboms) {
    for (const described of components) {
      const key = described.purl ?? `${described.name}@${described.version}`;
      if (!index.has(key)) index.set(key, { described, locked: null, path });
    }
  }
  for (const { packages, path } of locks) {
    for (const one of packages) {
      const known = index.get(one.purl);
      if (known === undefined) index.set(one.purl, { described: null, locked: one, path });
      else known.locked = known.locked === null ? one : mergeLocked(known.locked, one);
    }
  }
  return index;
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
 * A package as the licence check sees it; its licence comes from the lock file where the SBOM has none. The lock file
 * knows best what is for development only, then the SBOM.
 */
export function licensed(known: KnownPackage): LicensedComponent {
  const { described, locked, path } = known;
  const component = known.described === null ? known.locked : known.described;
  const silent = component.license === null || component.license === 'NOASSERTION';
  return {
    component: silent && locked?.license ? { ...component, license: locked.license } : component,
    path,
    scope: (locked?.dev ?? described?.development === true) ? 'development' : 'runtime',
  };
}

import { type LockedPackage, type LockFile, npmPurl } from './lock-files/model.ts';
import { mergeLocked, type PackageIndex } from './packages.ts';
import type { Component, Sbom } from './sbom/model.ts';

/** How the SBOMs and a lock file differ. */
export interface Binding {
  readonly lockPath: string;
  /** Locked for production, but in no SBOM. */
  readonly missing: readonly LockedPackage[];
  /** The same for packages that are for development or for some platforms only: SBOM tools may leave them out. */
  readonly missingOptional: readonly LockedPackage[];
  /** npm packages of an SBOM that no lock file pins. */
  readonly unlocked: readonly { readonly sbom: string; readonly component: Component }[];
}

/**
 * Compares SBOMs with lock files, both ways. A package is known by its package URL, else by name and version. A
 * component without a package URL may belong to another ecosystem: only npm's own are asked to be locked.
 */
export function bindToLocks(
  sboms: readonly Sbom[],
  locks: readonly LockFile[],
  { described, locked }: PackageIndex,
): Binding[] {
  const roots = new Set(locks.map(({ rootName, rootVersion }) => npmPurl(rootName, rootVersion)));
  const unlocked = sboms.flatMap((sbom) =>
    sbom.components
      .filter(({ purl }) => purl?.startsWith('pkg:npm/') && !locked.has(purl) && !roots.has(purl))
      .map((component) => ({ sbom: sbom.path, component })),
  );
  return locks.map((lock, index) => {
    const absent = unique(
      lock.packages.filter(
        ({ purl, name, version }) => !described.has(purl) && !described.has(`${name}@${version}`),
      ),
    );
    return {
      lockPath: lock.path,
      missing: absent.filter((one) => !one.dev && !one.optional),
      missingOptional: absent.filter((one) => one.dev || one.optional),
      unlocked: index === 0 ? unlocked : [],
    };
  });
}

function unique(packages: readonly LockedPackage[]): LockedPackage[] {
  const byPurl = new Map<string, LockedPackage>();
  for (const one of packages) {
    const known = byPurl.get(one.purl);
    byPurl.set(one.purl, known === undefined ? one : mergeLocked(known, one));
  }
  return [...byPurl.values()];
}

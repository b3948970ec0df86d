import { canonicalPurl, type LockedPackage, type LockFile, npmPurl } from './lock-files/model.ts';
import { mergeLocked, type PackageIndex } from './packages.ts';
import type { Component, Sbom } from './sbom/model.ts';

/** What a lock file pins and no SBOM describes. */
export interface Absent {
  readonly lock: LockFile;
  /** Locked for production. */
  readonly needed: readonly LockedPackage[];
  /** For development, or for some platforms only: SBOM tools may leave them out. */
  readonly optional: readonly LockedPackage[];
}

/** Packages of an SBOM, of an ecosystem whose lock files are known, that none of these pins. */
export interface Unlocked {
  readonly sbom: Sbom;
  readonly components: readonly Component[];
}

/**
 * What is locked but not described. A package is known by its package URL, else by name and version; of a lock file that
 * does not tell apart what tests need, everything may be left out.
 */
export function absentFromSboms(locks: readonly LockFile[], index: PackageIndex): Absent[] {
  const missing = new Set<string>();
  for (const [purl, { described, locked }] of index) {
    if (described !== null || locked === null) continue;
    const named = index.get(`${locked.name}@${locked.version}`);
    if ((named?.described ?? null) === null) missing.add(purl);
  }
  return locks.map((lock) => {
    const absent = unique(lock.packages.filter(({ purl }) => missing.has(purl)));
    const { needed = [], optional = [] } = Object.groupBy(absent, ({ dev, optional }) =>
      dev || optional ? 'optional' : 'needed',
    );
    return { lock, needed, optional };
  });
}

/**
 * What is described but not locked. Only ecosystems of which there is a lock file are asked; the product itself and what
 * comes with the language rather than from its registry are locked nowhere.
 */
export function unlockedIn(
  sboms: readonly Sbom[],
  locks: readonly LockFile[],
  index: PackageIndex,
): Unlocked[] {
  const unlocked = unlockedPurls(locks, index);
  return sboms.flatMap((sbom): Unlocked[] => {
    const components = sbom.components.filter(({ purl }) => purl !== null && unlocked.has(purl));
    return components.length === 0 ? [] : [{ sbom, components }];
  });
}

function unlockedPurls(locks: readonly LockFile[], index: PackageIndex): Set<string> {
  const types = new Set<string>(locks.map(({ ecosystem }) => ecosystem));
  const own = locks.map(ownPurl);
  const unlocked = new Set<string>();
  for (const { described, locked } of index.values()) {
    const purl = described?.purl ?? null;
    if (purl === null || locked !== null || !types.has(typeOf(purl)) || withLanguage.test(purl)) continue;
    if (!own.some((start) => purl.startsWith(start))) unlocked.add(purl);
  }
  return unlocked;
}

/** The SBOM of an image lists what its base image brings along: no lock file of the repository pins that. */
export function isOfImage({ components }: Sbom): boolean {
  return components.some(({ purl }) => purl !== null && systemPackage.test(purl));
}

const systemPackage = /^pkg:(deb|apk|rpm|alpm)\//;
const withLanguage = /^pkg:(pypi\/(pip|setuptools|wheel)|golang\/(stdlib|toolchain))@/;

function typeOf(purl: string): string {
  return purl.slice('pkg:'.length, purl.indexOf('/'));
}

/** The product's own package URL: of npm with its version, of others at any, for few of them write one down. */
function ownPurl({ ecosystem, rootName, rootVersion }: LockFile): string {
  return ecosystem === 'npm' ? npmPurl(rootName, rootVersion) : canonicalPurl(ecosystem, rootName, '');
}

function unique(packages: readonly LockedPackage[]): LockedPackage[] {
  const byPurl = new Map<string, LockedPackage>();
  for (const one of packages) {
    const known = byPurl.get(one.purl);
    byPurl.set(one.purl, known === undefined ? one : mergeLocked(known, one));
  }
  return [...byPurl.values()];
}

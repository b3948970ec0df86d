/** A package that a lock file pins. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Package URL. */
  readonly purl: string;
  /** Not installed where the product runs. */
  readonly dev: boolean;
  /** Absent on platforms that it is not for. */
  readonly optional: boolean;
  readonly license: string | null;
  readonly resolved: string | null;
  /** Subresource integrity, such as `sha512-…`. */
  readonly integrity: string | null;
}

/** Where packages come from, as the type of their package URLs. */
export type Ecosystem = 'npm' | 'pypi' | 'golang' | 'cargo' | 'gem' | 'composer' | 'nuget' | 'maven';

export interface LockFile {
  readonly path: string;
  readonly ecosystem: Ecosystem;
  /** The file also lists what only tests or other platforms need, without saying what that is. */
  readonly inexact?: boolean;
  readonly rootName: string;
  readonly rootVersion: string;
  readonly rootLicense: string | null;
  readonly packages: readonly LockedPackage[];
}

export type LockFileRead =
  | { readonly ok: true; readonly lock: LockFile }
  /** `notLock`: a well-formed file that pins nothing; its name alone does not make it a lock file. */
  | { readonly ok: false; readonly path: string; readonly problem: string; readonly notLock?: boolean };

/** Package URL of a package from npm's registry. */
export function npmPurl(name: string, version: string): string {
  return `pkg:npm/${name}@${version}`;
}

/**
 * Package URL in one spelling, without what may be written differently: case and separators of names where the
 * registry ignores them, the `v` before versions of Go and PHP (purl-spec, "known types").
 */
export function canonicalPurl(type: string, name: string, version: string): string {
  switch (type) {
    case 'pypi':
      return `pkg:pypi/${name.toLowerCase().replace(/[-_.]+/g, '-')}@${version}`;
    case 'golang':
    case 'composer':
      return `pkg:${type}/${name.toLowerCase()}@${version.replace(/^v(?=\d)/, '')}`;
    case 'nuget':
      return `pkg:nuget/${name.toLowerCase()}@${version}`;
    default:
      return `pkg:${type}/${name}@${version}`;
  }
}

/** A locked package of a registry, with what the lock file says beyond name and version. */
export function lockedPackage(
  ecosystem: Ecosystem,
  name: string,
  version: string,
  more: Partial<Omit<LockedPackage, 'name' | 'version' | 'purl'>> = {},
): LockedPackage {
  return {
    name,
    version,
    purl: canonicalPurl(ecosystem, name, version),
    dev: false,
    optional: false,
    license: null,
    resolved: null,
    integrity: null,
    ...more,
  };
}

/** What every reader of a lock file is given. */
export interface LockSource {
  readonly path: string;
  readonly text: string;
  /** The text of another file of the same folder; null when there is none. */
  beside(name: string): Promise<string | null>;
}

/** Where each package leads, by the keys of a lock file. */
export type Edges = ReadonlyMap<string, readonly string[]>;

/** Every key that can be reached from the roots, the roots included. */
export function reachable(roots: Iterable<string>, edges: Edges): Set<string> {
  const seen = new Set<string>(roots);
  for (const key of seen) for (const next of edges.get(key) ?? []) seen.add(next);
  return seen;
}

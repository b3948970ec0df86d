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

export interface LockFile {
  readonly path: string;
  readonly rootName: string;
  readonly rootVersion: string;
  readonly rootLicense: string | null;
  readonly packages: readonly LockedPackage[];
}

export type LockFileRead =
  | { readonly ok: true; readonly lock: LockFile }
  | { readonly ok: false; readonly path: string; readonly problem: string };

/** Package URL of a package from npm's registry. */
export function npmPurl(name: string, version: string): string {
  return `pkg:npm/${name}@${version}`;
}

/** Where each package leads, by the keys of a lock file. */
export type Edges = ReadonlyMap<string, readonly string[]>;

/** Every key that can be reached from the roots, the roots included. */
export function reachable(roots: Iterable<string>, edges: Edges): Set<string> {
  const seen = new Set<string>(roots);
  for (const key of seen) for (const next of edges.get(key) ?? []) seen.add(next);
  return seen;
}

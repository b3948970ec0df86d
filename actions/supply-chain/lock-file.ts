import { z } from 'zod';

/** A package that `package-lock.json` pins. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
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

const entrySchema = z.looseObject({
  name: z.string().optional(),
  version: z.string().optional(),
  resolved: z.union([z.string(), z.boolean()]).optional(),
  integrity: z.string().optional(),
  license: z.unknown().optional(),
  dev: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  optional: z.boolean().optional(),
  link: z.boolean().optional(),
  inBundle: z.boolean().optional(),
});

const lockSchema = z.looseObject({
  name: z.string().optional(),
  version: z.string().optional(),
  lockfileVersion: z.union([z.literal(2), z.literal(3)], 'must be 2 or 3: npm 7 and later write these'),
  packages: z.record(z.string(), entrySchema),
});

/** Parses `package-lock.json` or `npm-shrinkwrap.json` of npm 7 and later. Never throws. */
export function parseLockFile(path: string, bytes: Uint8Array): LockFileRead {
  let raw: unknown;
  try {
    raw = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    return {
      ok: false,
      path,
      problem: `it is not JSON text (${error instanceof Error ? error.message : String(error)})`,
    };
  }
  const parsed = lockSchema.safeParse(raw);
  if (!parsed.success) {
    const first = parsed.error.issues[0];
    return {
      ok: false,
      path,
      problem: `${first?.path.join('.') ?? ''}: ${first?.message ?? 'not a lock file'}`,
    };
  }
  const { packages, name, version } = parsed.data;
  const root = packages[''];
  return {
    ok: true,
    lock: {
      path,
      rootName: root?.name ?? name ?? '',
      rootVersion: root?.version ?? version ?? '',
      rootLicense: licenseText(root?.license),
      packages: Object.entries(packages).flatMap(([place, entry]) => lockedPackage(place, entry)),
    },
  };
}

/** Links and workspaces are the repository's own source, not packages from elsewhere. */
function lockedPackage(place: string, entry: z.infer<typeof entrySchema>): LockedPackage[] {
  const marker = place.lastIndexOf('node_modules/');
  if (marker < 0 || entry.link === true || entry.version === undefined) return [];
  return [
    {
      name: entry.name ?? place.slice(marker + 'node_modules/'.length),
      version: entry.version,
      dev: entry.dev === true || entry.devOptional === true,
      optional: entry.optional === true || entry.devOptional === true,
      license: licenseText(entry.license),
      resolved: typeof entry.resolved === 'string' ? entry.resolved : null,
      integrity: entry.integrity ?? null,
    },
  ];
}

/** Old packages wrote `{type, url}` or a list of such. */
function licenseText(license: unknown): string | null {
  if (typeof license === 'string') return license;
  if (Array.isArray(license)) {
    const parts = license.flatMap((one: unknown) => licenseText(one) ?? []);
    return parts.length === 0 ? null : parts.map((part) => `(${part})`).join(' OR ');
  }
  const type =
    typeof license === 'object' && license !== null ? (license as { type?: unknown }).type : undefined;
  return typeof type === 'string' ? type : null;
}

/** Package URL of a package from npm's registry. */
export function npmPurl(name: string, version: string): string {
  return `pkg:npm/${name}@${version}`;
}

import { z } from 'zod';
import { type LockedPackage, type LockFileRead, type LockSource, npmPurl } from './model.ts';

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

const oldEntrySchema = z.looseObject({
  version: z.string(),
  resolved: z.union([z.string(), z.boolean()]).optional(),
  integrity: z.string().optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
  get dependencies() {
    return z.record(z.string(), oldEntrySchema).optional();
  },
});
type OldEntry = z.infer<typeof oldEntrySchema>;

const lockSchema = z.looseObject({
  name: z.string().optional(),
  version: z.string().optional(),
  lockfileVersion: z.union([z.literal(1), z.literal(2), z.literal(3)], 'must be 1, 2 or 3'),
  packages: z.record(z.string(), entrySchema).optional(),
  /** Version 2 keeps them for older versions of npm; `packages` says the same. */
  dependencies: z.unknown().optional(),
});
const oldLockSchema = z.looseObject({ dependencies: z.record(z.string(), oldEntrySchema).optional() });

/** Parses `package-lock.json` or `npm-shrinkwrap.json`, as npm 5 and later write them. @throws Error for text that is no JSON */
export async function parseNpmLock({ path, text }: LockSource): Promise<LockFileRead> {
  const raw: unknown = JSON.parse(text);
  const parsed = lockSchema.safeParse(raw);
  const old = parsed.data?.lockfileVersion === 1 ? oldLockSchema.safeParse(raw) : null;
  const broken = parsed.error ?? old?.error;
  if (!parsed.success || broken !== undefined) {
    const first = broken?.issues[0];
    return {
      ok: false,
      path,
      problem: `${first?.path.join('.') ?? ''}: ${first?.message ?? 'not a lock file'}`,
    };
  }
  const { packages = {}, name, version, lockfileVersion } = parsed.data;
  const root = packages[''];
  if (lockfileVersion !== 1 && root === undefined)
    return { ok: false, path, problem: 'packages: has no entry for the project itself' };
  return {
    ok: true,
    lock: {
      path,
      ecosystem: 'npm',
      rootName: root?.name ?? name ?? '',
      rootVersion: root?.version ?? version ?? '',
      rootLicense: licenseText(root?.license),
      packages:
        lockfileVersion === 1
          ? nestedPackages(old?.data?.dependencies ?? {})
          : Object.entries(packages).flatMap(([place, entry]) => lockedPackage(place, entry)),
    },
  };
}

/** Links and workspaces are the repository's own source, not packages from elsewhere. */
function lockedPackage(place: string, entry: z.infer<typeof entrySchema>): LockedPackage[] {
  const marker = place.lastIndexOf('node_modules/');
  if (marker < 0 || entry.link === true || entry.version === undefined) return [];
  const name = entry.name ?? place.slice(marker + 'node_modules/'.length);
  return [
    {
      name,
      version: entry.version,
      purl: npmPurl(name, entry.version),
      dev: entry.dev === true || entry.devOptional === true,
      optional: entry.optional === true || entry.devOptional === true,
      license: licenseText(entry.license),
      resolved: typeof entry.resolved === 'string' ? entry.resolved : null,
      integrity: entry.integrity ?? null,
    },
  ];
}

/** npm 5 and 6 nest packages in each other instead of naming folders. */
function nestedPackages(dependencies: Readonly<Record<string, OldEntry>>): LockedPackage[] {
  return Object.entries(dependencies).flatMap(([name, entry]) => {
    // Of a package from a folder or a repository, the version is its address.
    const foreign = /^(file|git|github|https?)[:+]/.test(entry.version);
    return [...(foreign ? [] : [packageOf(name, entry)]), ...nestedPackages(entry.dependencies ?? {})];
  });
}

function packageOf(name: string, entry: OldEntry): LockedPackage {
  const alias = /^npm:(.+)@([^@]+)$/.exec(entry.version);
  const real = { name: alias?.[1] ?? name, version: alias?.[2] ?? entry.version };
  return {
    ...real,
    purl: npmPurl(real.name, real.version),
    dev: entry.dev === true,
    optional: entry.optional === true,
    license: null,
    resolved: typeof entry.resolved === 'string' ? entry.resolved : null,
    integrity: entry.integrity ?? null,
  };
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

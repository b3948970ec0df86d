import { parse } from 'yaml';
import { isRecord, type JsonObject, textOf } from '../json.ts';
import { npmLock, readManifest } from './manifest.ts';
import { type LockedPackage, type LockFileRead, type LockSource, npmPurl, reachable } from './model.ts';

/** Parses `pnpm-lock.yaml` of lockfile versions 5 to 9 (pnpm 3 and later). @throws Error for text that is no YAML */
export async function parsePnpmLock({ path, text, beside }: LockSource): Promise<LockFileRead> {
  const refuse = (problem: string): LockFileRead => ({ ok: false, path, problem });
  const document: unknown = parse(text, { maxAliasCount: 100 });
  const manifest = await readManifest(beside);
  if (!isRecord(document)) return refuse('it holds no object');
  const version = Number.parseFloat(String(document.lockfileVersion));
  if (!(version >= 5 && version < 10)) return refuse('lockfileVersion: must be 5 to 9');
  const entries = isRecord(document.packages) ? Object.entries(document.packages) : [];
  const runtime = version >= 9 ? runtimeKeys(document) : null;
  return npmLock(
    path,
    manifest,
    entries.flatMap(([key, entry]) => (isRecord(entry) ? packageOf(key, entry, runtime) : [])),
  );
}

function packageOf(key: string, entry: JsonObject, runtime: ReadonlySet<string> | null): LockedPackage[] {
  const named = nameIn(key);
  if (named === null) return [];
  const name = textOf(entry.name) ?? named.name;
  const version = textOf(entry.version) ?? named.version;
  const resolution = isRecord(entry.resolution) ? entry.resolution : {};
  return [
    {
      name,
      version,
      purl: npmPurl(name, version),
      dev: runtime === null ? entry.dev === true : !runtime.has(withoutPeers(key)),
      optional:
        entry.optional === true ||
        entry.os !== undefined ||
        entry.cpu !== undefined ||
        entry.libc !== undefined,
      license: null,
      resolved: textOf(resolution.tarball),
      integrity: textOf(resolution.integrity),
    },
  ];
}

/** `/name/1.0.0_peers` (5), `/name@1.0.0(peers)` (6), `name@1.0.0` (9); null for folders and repositories. */
function nameIn(key: string): { name: string; version: string } | null {
  const plain = withoutPeers(key).replace(/^\//, '');
  const match =
    /^((?:@[^/@]+\/)?[^/@]+)@(\d[^/]*)$/.exec(plain) ??
    /^((?:@[^/]+\/)?[^/]+)\/(\d[^/_]*)(?:_.*)?$/.exec(plain);
  return match === null ? null : { name: match[1] ?? '', version: match[2] ?? '' };
}

function withoutPeers(key: string): string {
  const open = key.indexOf('(');
  return open < 0 ? key : key.slice(0, open);
}

/** Version 9 no longer marks what is for development: it is what no importer reaches by other dependencies. */
function runtimeKeys(document: JsonObject): Set<string> {
  const snapshots = isRecord(document.snapshots) ? document.snapshots : {};
  const edges = new Map(
    Object.entries(snapshots).map(
      ([key, one]) => [key, isRecord(one) ? targetsOf(one, snapshots) : []] as const,
    ),
  );
  const importers = isRecord(document.importers)
    ? Object.values(document.importers).filter(isRecord)
    : [document];
  const roots = importers.flatMap((importer) => targetsOf(importer, snapshots));
  return new Set([...reachable(roots, edges)].map(withoutPeers));
}

/** The snapshots that dependencies stand for: `name: 1.0.0(peers)`, or the whole key where a package is renamed. */
function targetsOf(one: JsonObject, snapshots: JsonObject): string[] {
  return [one.dependencies, one.optionalDependencies].filter(isRecord).flatMap((group) =>
    Object.entries(group).flatMap(([name, value]) => {
      const version = textOf(isRecord(value) ? value.version : value) ?? '';
      return [`${name}@${version}`, version].find((key) => Object.hasOwn(snapshots, key)) ?? [];
    }),
  );
}

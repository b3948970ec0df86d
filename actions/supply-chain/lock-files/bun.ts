import { isRecord, type JsonObject, textOf } from '../json.ts';
import { npmLock, readManifest } from './manifest.ts';
import { type LockedPackage, type LockFileRead, type LockSource, npmPurl, reachable } from './model.ts';

/** A package by its place: `a` for what everything sees, `a/b` for the `b` that only `a` sees. */
type Places = ReadonlyMap<string, readonly unknown[]>;

/**
 * Parses `bun.lock`, the text form of Bun 1.2 and later. What only `devDependencies` lead to is for development, what
 * only optional ones lead to may be left out.
 *
 * @throws Error for text that is no JSON with commas at the end of lists
 */
export async function parseBunLock({ path, text, beside }: LockSource): Promise<LockFileRead> {
  const refuse = (problem: string): LockFileRead => ({ ok: false, path, problem });
  const document: unknown = JSON.parse(withoutLastCommas(text));
  if (!isRecord(document) || !isRecord(document.packages)) return refuse('packages: is missing');
  if (document.lockfileVersion !== 0 && document.lockfileVersion !== 1)
    return refuse('lockfileVersion: must be 0 or 1');
  if (!isRecord(document.workspaces)) return refuse('workspaces: is missing');
  const places: Places = new Map(
    Object.entries(document.packages).flatMap(([key, entry]) =>
      Array.isArray(entry) ? [[key, entry] as const] : [],
    ),
  );
  const always = reachedFrom(document.workspaces, places, ['dependencies']);
  const atAll = reachedFrom(document.workspaces, places, ['dependencies', 'optionalDependencies']);
  return npmLock(
    path,
    await readManifest(beside),
    [...places].flatMap(([key, entry]) => packageOf(entry, !atAll.has(key), !always.has(key))),
  );
}

/** Texts stay as they are; a comma that only a bracket follows goes. */
function withoutLastCommas(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])/g, (found) => (found === ',' ? '' : found));
}

/** `["name@1.0.0", "registry", {…}, "sha512-…"]`; other forms are folders, repositories and addresses. */
function packageOf(entry: readonly unknown[], dev: boolean, optional: boolean): LockedPackage[] {
  const [, name, version] = /^((?:@[^/@]+\/)?[^/@]+)@(\d.*)$/.exec(textOf(entry[0]) ?? '') ?? [];
  if (name === undefined || version === undefined) return [];
  const registry = textOf(entry[1]);
  const more = isRecord(entry[2]) ? entry[2] : {};
  return [
    {
      name,
      version,
      purl: npmPurl(name, version),
      dev,
      optional: optional || more.os !== undefined || more.cpu !== undefined,
      license: null,
      resolved: registry === '' ? null : registry,
      integrity: textOf(entry[3]),
    },
  ];
}

/** The places that the workspaces' own dependencies lead to. A peer is needed by whoever names it. */
function reachedFrom(
  workspaces: JsonObject,
  places: Places,
  kinds: readonly ('dependencies' | 'optionalDependencies')[],
): Set<string> {
  const namesOf = (one: JsonObject): string[] => {
    const optionalPeers = Array.isArray(one.optionalPeers) ? one.optionalPeers : [];
    const peers = Object.keys(isRecord(one.peerDependencies) ? one.peerDependencies : {});
    return [
      ...kinds.flatMap((kind) => Object.keys(isRecord(one[kind]) ? one[kind] : {})),
      ...peers.filter((name) => !optionalPeers.includes(name)),
    ];
  };
  const edges = new Map(
    [...places].map(([key, entry]) => {
      const more = entry.find(isRecord) ?? {};
      return [key, namesOf(more).flatMap((name) => placeSeenFrom(key, name, places))] as const;
    }),
  );
  const roots = Object.values(workspaces)
    .filter(isRecord)
    .flatMap((one) => {
      const own = textOf(one.name) ?? '';
      return namesOf(one).flatMap((name) => placeSeenFrom(own, name, places));
    });
  return reachable(roots, edges);
}

/** The nearest place of a name, as Node looks for it: inside, then beside, then further out. */
function placeSeenFrom(key: string, name: string, places: Places): string[] {
  const parts = key.match(/(?:@[^/]+\/)?[^/]+/g) ?? [];
  for (let length = parts.length; length >= 0; length--) {
    const place = [...parts.slice(0, length), name].join('/');
    if (places.has(place)) return [place];
  }
  return [];
}

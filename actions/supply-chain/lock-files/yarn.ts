import { parseSyml } from '@yarnpkg/parsers';
import { isRecord, type JsonObject, textOf } from '../json.ts';
import { npmLock, readManifest } from './manifest.ts';
import { type LockedPackage, type LockFileRead, type LockSource, npmPurl, reachable } from './model.ts';

interface Entry {
  /** What asks for it: `name@range`. */
  readonly descriptors: readonly string[];
  readonly body: JsonObject;
}

/**
 * Parses `yarn.lock`, classic and berry, with yarn's own parser. It does not say what is for development: that follows
 * from `package.json` beside it, and with workspaces everything counts as needed.
 *
 * @throws Error for text that is neither
 */
export async function parseYarnLock({ path, text, beside }: LockSource): Promise<LockFileRead> {
  const document: Readonly<Record<string, unknown>> = parseSyml(text);
  const manifest = await readManifest(beside);
  const entries = Object.entries(document).flatMap(([key, body]): Entry[] =>
    key === '__metadata' || !isRecord(body) ? [] : [{ descriptors: key.split(/,\s*/), body }],
  );
  const needed =
    manifest.workspaces === undefined && isRecord(manifest.dependencies ?? {})
      ? neededIn(entries, manifest)
      : null;
  return npmLock(
    path,
    manifest,
    entries.flatMap((entry) => packageOf(entry, needed)),
  );
}

function packageOf({ descriptors, body }: Entry, needed: ReadonlySet<string> | null): LockedPackage[] {
  const resolution = textOf(body.resolution);
  const version = textOf(body.version) ?? '';
  const first = descriptors[0] ?? '';
  // Berry keeps the real name in the resolution; classic writes `alias@npm:real@range`.
  const name = nameOf(resolution ?? first.replace(/^.+@npm:(?=@?[^@]+@)/, ''));
  const foreign = resolution !== null && !/@npm:/.test(resolution);
  if (name === '' || version === '' || foreign) return [];
  return [
    {
      name,
      version,
      purl: npmPurl(name, version),
      dev: needed !== null && !descriptors.some((one) => needed.has(one)),
      optional: body.conditions !== undefined,
      license: null,
      resolved: textOf(body.resolved),
      integrity: textOf(body.integrity),
    },
  ];
}

/** `@scope/name@range` → `@scope/name`. */
function nameOf(descriptor: string): string {
  return /^(@[^/@]+\/)?[^@/]+(?=@)/.exec(descriptor)?.[0] ?? '';
}

/** The descriptors that the product's own dependencies lead to. */
function neededIn(entries: readonly Entry[], manifest: JsonObject): Set<string> {
  const edges = new Map<string, readonly string[]>();
  for (const { descriptors, body } of entries) {
    const targets = [body.dependencies, body.optionalDependencies].flatMap(descriptorsOf);
    for (const descriptor of descriptors) edges.set(descriptor, targets);
  }
  return reachable([manifest.dependencies, manifest.optionalDependencies].flatMap(descriptorsOf), edges);
}

/** A range is written with and without its protocol. */
function descriptorsOf(dependencies: unknown): string[] {
  if (!isRecord(dependencies)) return [];
  return Object.entries(dependencies).flatMap(([name, range]) => [
    `${name}@${String(range)}`,
    `${name}@npm:${String(range)}`,
  ]);
}

import { parse } from 'smol-toml';
import { isRecord, type JsonObject, recordsOf } from '../../json.ts';
import { type LockFileRead, type LockSource, reachable } from '../model.ts';
import { pythonLock, pythonPackage } from './project.ts';

/**
 * Parses `uv.lock`: the packages that its own projects lead to by plain dependencies are needed; what only a marker, an
 * extra or a group leads to may be left out.
 *
 * @throws Error for text that is no TOML
 */
export async function parseUvLock(source: LockSource): Promise<LockFileRead> {
  const { path, text } = source;
  const document = parse(text);
  const packages = recordsOf(document.package);
  if (packages.length === 0) return { ok: false, path, problem: 'package: must be a list' };
  const own = packages.filter(isOwn).map(({ name }) => String(name));
  const always = reachable(
    own,
    edgesOf(packages, ({ marker }) => marker === undefined),
  );
  const atAll = reachable(
    own,
    edgesOf(packages, () => true),
  );
  return pythonLock(
    source,
    packages
      .filter(({ source }) => isRecord(source) && source.registry !== undefined)
      .map((one) =>
        pythonPackage(one, { dev: !atAll.has(String(one.name)), optional: !always.has(String(one.name)) }),
      ),
  );
}

/** The workspace's members: on no registry. */
function isOwn({ source }: JsonObject): boolean {
  return (
    isRecord(source) &&
    (source.editable !== undefined || source.virtual !== undefined || source.workspace !== undefined)
  );
}

function edgesOf(
  packages: readonly JsonObject[],
  follows: (edge: JsonObject) => boolean,
): Map<string, string[]> {
  const edges = new Map<string, string[]>();
  for (const { name, dependencies } of packages) {
    const targets = recordsOf(dependencies)
      .filter(follows)
      .map((edge) => String(edge.name));
    edges.set(String(name), [...(edges.get(String(name)) ?? []), ...targets]);
  }
  return edges;
}

import { parse } from 'smol-toml';
import { isRecord, type JsonObject, recordsOf } from '../../json.ts';
import { canonicalPurl, type LockFileRead, type LockSource, reachable } from '../model.ts';
import { poetryOf, pythonLock, pythonPackage, readPyproject } from './project.ts';

/**
 * Parses `poetry.lock`, versions 1 and 2 (Poetry 1.x wrote `category`, 2.x writes `groups`).
 *
 * @throws Error for text that is no TOML
 */
export async function parsePoetryLock(source: LockSource): Promise<LockFileRead> {
  const { path, text, beside } = source;
  const document = parse(text);
  if (!isRecord(document.metadata)) return { ok: false, path, problem: 'metadata: is missing' };
  const packages = recordsOf(document.package);
  const needed = neededBy(await readPyproject(beside), packages);
  return pythonLock(
    source,
    packages
      .filter(({ source }) => !isRecord(source) || source.type === 'legacy')
      .map((one) => pythonPackage(one, { dev: isForDevelopment(one, needed), optional: isConditional(one) })),
  );
}

function isForDevelopment(
  { name, groups, category }: JsonObject,
  needed: ReadonlySet<string> | null,
): boolean {
  if (Array.isArray(groups)) return !groups.includes('main');
  return category === undefined ? needed?.has(nameKey(name)) === false : category === 'dev';
}

function isConditional({ optional, markers }: JsonObject): boolean {
  return optional === true || markers !== undefined;
}

/** Poetry 1.5 to 1.8 wrote neither category nor groups: what `pyproject.toml` leads to. Null: it names nothing. */
function neededBy(pyproject: JsonObject, packages: readonly JsonObject[]): Set<string> | null {
  const { dependencies } = poetryOf(pyproject);
  if (!isRecord(dependencies)) return null;
  const edges = new Map(packages.map((one) => [nameKey(one.name), dependenciesOf(one)] as const));
  return reachable(Object.keys(dependencies).map(nameKey), edges);
}

function dependenciesOf({ dependencies }: JsonObject): string[] {
  return isRecord(dependencies) ? Object.keys(dependencies).map(nameKey) : [];
}

function nameKey(name: unknown): string {
  return canonicalPurl('pypi', String(name), '');
}

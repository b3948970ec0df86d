import { parse } from 'smol-toml';
import { isRecord, type JsonObject, textOf } from '../../json.ts';
import { type LockedPackage, type LockFileRead, type LockSource, lockedPackage } from '../model.ts';

/** A package as the TOML lock files of Python write it. */
export function pythonPackage(one: JsonObject, more: Partial<LockedPackage>): LockedPackage {
  return lockedPackage('pypi', textOf(one.name) ?? '', textOf(one.version) ?? '', more);
}

/** `pyproject.toml` beside the lock file; empty when there is none. */
export async function readPyproject(beside: LockSource['beside']): Promise<JsonObject> {
  return parse((await beside('pyproject.toml')) ?? '');
}

/** A lock file of Python, named after what `pyproject.toml` says by the standard or in Poetry's own way. */
export async function pythonLock(
  { path, beside }: LockSource,
  packages: readonly LockedPackage[],
): Promise<LockFileRead> {
  const document = await readPyproject(beside);
  const project = [document.project, poetryOf(document)].find(isRecord) ?? {};
  return {
    ok: true,
    lock: {
      path,
      ecosystem: 'pypi',
      rootName: textOf(project.name) ?? '',
      rootVersion: textOf(project.version) ?? '',
      rootLicense: textOf(project.license),
      packages,
    },
  };
}

export function poetryOf({ tool }: JsonObject): JsonObject {
  const poetry = isRecord(tool) ? tool.poetry : undefined;
  return isRecord(poetry) ? poetry : {};
}

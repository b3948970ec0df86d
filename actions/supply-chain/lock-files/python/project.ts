import { parse } from 'smol-toml';
import { isRecord, type JsonObject, textOf } from '../../json.ts';
import { type LockedPackage, type LockSource, lockedPackage } from '../model.ts';

/** A package as the TOML lock files of Python write it. */
export function pythonPackage(one: JsonObject, more: Partial<LockedPackage>): LockedPackage {
  return lockedPackage('pypi', textOf(one.name) ?? '', textOf(one.version) ?? '', more);
}

/** `pyproject.toml` beside the lock file; empty when there is none. */
export async function readPyproject(beside: LockSource['beside']): Promise<JsonObject> {
  return parse((await beside('pyproject.toml')) ?? '');
}

/** What it says of the product, by the standard or in Poetry's own way. */
export async function projectOf(
  beside: LockSource['beside'],
): Promise<{ rootName: string; rootVersion: string; rootLicense: string | null }> {
  const document = await readPyproject(beside);
  const project = [document.project, poetryOf(document)].find(isRecord) ?? {};
  return {
    rootName: textOf(project.name) ?? '',
    rootVersion: textOf(project.version) ?? '',
    rootLicense: textOf(project.license),
  };
}

export function poetryOf({ tool }: JsonObject): JsonObject {
  const poetry = isRecord(tool) ? tool.poetry : undefined;
  return isRecord(poetry) ? poetry : {};
}

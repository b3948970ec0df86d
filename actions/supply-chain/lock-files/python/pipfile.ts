import { isRecord, textOf } from '../../json.ts';
import { type LockedPackage, type LockFileRead, type LockSource, lockedPackage } from '../model.ts';
import { pythonLock } from './project.ts';

/** Parses `Pipfile.lock`. @throws Error for text that is no JSON */
export async function parsePipfileLock(source: LockSource): Promise<LockFileRead> {
  const { path, text } = source;
  const document: unknown = JSON.parse(text);
  if (!isRecord(document) || !isRecord(document._meta))
    return { ok: false, path, problem: '_meta: is missing' };
  const section = (name: string, dev: boolean): LockedPackage[] =>
    Object.entries(isRecord(document[name]) ? document[name] : {}).flatMap(([key, entry]) => {
      const version = isRecord(entry) ? /^===?(.+)$/.exec(textOf(entry.version) ?? '')?.[1] : undefined;
      if (!isRecord(entry) || version === undefined) return [];
      return [lockedPackage('pypi', key, version, { dev, optional: entry.markers !== undefined })];
    });
  return pythonLock(source, [...section('default', false), ...section('develop', true)]);
}

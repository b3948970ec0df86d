import { isRecord, textOf } from '../json.ts';
import { type LockFileRead, type LockSource, lockedPackage } from './model.ts';

/** Parses NuGet's `packages.lock.json`, of every target framework. @throws Error for text that is no JSON */
export async function parseNugetLock({ path, text }: LockSource): Promise<LockFileRead> {
  const document: unknown = JSON.parse(text);
  if (!isRecord(document) || !isRecord(document.dependencies))
    return { ok: false, path, problem: 'dependencies: is missing' };
  const byFramework = Object.values(document.dependencies).filter(isRecord);
  return {
    ok: true,
    lock: {
      path,
      ecosystem: 'nuget',
      rootName: '',
      rootVersion: '',
      rootLicense: null,
      packages: byFramework.flatMap((entries) =>
        Object.entries(entries).flatMap(([name, entry]) => {
          const version = isRecord(entry) && entry.type !== 'Project' ? textOf(entry.resolved) : null;
          return version === null ? [] : [lockedPackage('nuget', name, version)];
        }),
      ),
    },
  };
}

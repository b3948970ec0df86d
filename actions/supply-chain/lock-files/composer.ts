import { isRecord, type JsonObject, recordsOf, textOf } from '../json.ts';
import { type LockedPackage, type LockFileRead, type LockSource, lockedPackage } from './model.ts';

/** Parses `composer.lock`. @throws Error for text that is no JSON */
export async function parseComposerLock({ path, text }: LockSource): Promise<LockFileRead> {
  const document: unknown = JSON.parse(text);
  if (!isRecord(document) || !Array.isArray(document.packages))
    return { ok: false, path, problem: 'packages: must be a list' };
  const packageOf = (one: JsonObject, dev: boolean): LockedPackage => {
    const license = textsOf(one.license);
    return lockedPackage('composer', textOf(one.name) ?? '', textOf(one.version) ?? '', {
      dev,
      license: license.length === 0 ? null : license.join(' OR '),
    });
  };
  return {
    ok: true,
    lock: {
      path,
      ecosystem: 'composer',
      rootName: '',
      rootVersion: '',
      rootLicense: null,
      packages: [
        ...recordsOf(document.packages).map((one) => packageOf(one, false)),
        ...recordsOf(document['packages-dev']).map((one) => packageOf(one, true)),
      ],
    },
  };
}

/** Composer's list of licences is a choice (composer.json schema, "license"). */
function textsOf(value: unknown): string[] {
  return [value].flat().flatMap((one) => textOf(one) ?? []);
}

import { isRecord, type JsonObject, textOf } from '../json.ts';
import type { LockedPackage, LockFileRead, LockSource } from './model.ts';

/** `package.json` beside the lock file; without it the product has no name. */
export async function readManifest(beside: LockSource['beside']): Promise<JsonObject> {
  try {
    const manifest: unknown = JSON.parse((await beside('package.json')) ?? '{}');
    return isRecord(manifest) ? manifest : {};
  } catch {
    return {};
  }
}

/** A lock file of a tool that leaves the product's own name to `package.json`. */
export function npmLock(
  path: string,
  manifest: JsonObject,
  packages: readonly LockedPackage[],
): LockFileRead {
  return {
    ok: true,
    lock: {
      path,
      ecosystem: 'npm',
      rootName: textOf(manifest.name) ?? '',
      rootVersion: textOf(manifest.version) ?? '',
      rootLicense: textOf(manifest.license),
      packages,
    },
  };
}

import { isRecord, type JsonObject } from '../json.ts';
import type { LockSource } from './model.ts';

/** `package.json` beside the lock file; without it the product has no name. */
export async function readManifest(beside: LockSource['beside']): Promise<JsonObject> {
  try {
    const manifest: unknown = JSON.parse((await beside('package.json')) ?? '{}');
    return isRecord(manifest) ? manifest : {};
  } catch {
    return {};
  }
}

import type { FileTree } from '../../../core/ports/system.ts';
import { isRecord, type JsonObject } from '../json.ts';
import type { LockFileRead } from './model.ts';
import { parseNpmLock } from './npm.ts';
import { parsePnpmLock } from './pnpm.ts';

/** Lock files of other tools, by the last part of their path: what they pin is not compared. */
export const unsupportedLocks = [
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'Cargo.lock',
  'go.sum',
  'poetry.lock',
  'uv.lock',
  'Pipfile.lock',
  'pdm.lock',
  'Gemfile.lock',
  'composer.lock',
  'gradle.lockfile',
  'packages.lock.json',
  'mix.lock',
  'pubspec.lock',
  'Package.resolved',
  'Podfile.lock',
] as const;

/** Reads one lock file of npm, pnpm or yarn. The name says which; others are refused by name. */
export async function readLockFile(files: FileTree, path: string, bytes: Uint8Array): Promise<LockFileRead> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const text = (): string => new TextDecoder().decode(bytes);
  if (unsupportedLocks.some((one) => one === name))
    return { ok: false, path, problem: `${name} is not supported; npm, pnpm and yarn are` };
  if (name.endsWith('.yaml')) return parsePnpmLock(path, text(), await readManifest(files, path));
  if (name.endsWith('.lock')) {
    const { parseYarnLock } = await import('./yarn.ts');
    return parseYarnLock(path, text(), await readManifest(files, path));
  }
  return parseNpmLock(path, bytes);
}

/** `package.json` beside the lock file; without it the product has no name. */
async function readManifest(files: FileTree, lockPath: string): Promise<JsonObject> {
  const folder = lockPath.slice(0, lockPath.lastIndexOf('/') + 1);
  const bytes = await files.read(`${folder}package.json`);
  try {
    const manifest: unknown = bytes === null ? {} : JSON.parse(new TextDecoder().decode(bytes));
    return isRecord(manifest) ? manifest : {};
  } catch {
    return {};
  }
}

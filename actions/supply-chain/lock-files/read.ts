import type { FileTree } from '../../../core/ports/system.ts';
import type { LockFileRead, LockSource } from './model.ts';

type Reader = (source: LockSource) => Promise<LockFileRead>;

/** By the last part of the path. Each reader is a chunk of its own, loaded when there is such a file. */
const readers: Readonly<Record<string, () => Promise<Reader>>> = {
  'package-lock.json': async () => (await import('./npm.ts')).parseNpmLock,
  'npm-shrinkwrap.json': async () => (await import('./npm.ts')).parseNpmLock,
  'pnpm-lock.yaml': async () => (await import('./pnpm.ts')).parsePnpmLock,
  'yarn.lock': async () => (await import('./yarn.ts')).parseYarnLock,
  'bun.lock': async () => (await import('./bun.ts')).parseBunLock,
  'deno.lock': async () => (await import('./deno.ts')).parseDenoLock,
  'Cargo.lock': async () => (await import('./cargo.ts')).parseCargoLock,
  'go.mod': async () => (await import('./go.ts')).parseGoMod,
  'poetry.lock': async () => (await import('./python/poetry.ts')).parsePoetryLock,
  'pylock.toml': async () => (await import('./python/pylock.ts')).parsePylock,
  'pdm.lock': async () => (await import('./python/pdm.ts')).parsePdmLock,
  'uv.lock': async () => (await import('./python/uv.ts')).parseUvLock,
  'Pipfile.lock': async () => (await import('./python/pipfile.ts')).parsePipfileLock,
  'requirements.txt': async () => (await import('./python/requirements.ts')).parseRequirements,
  'Gemfile.lock': async () => (await import('./ruby.ts')).parseGemfileLock,
  'composer.lock': async () => (await import('./composer.ts')).parseComposerLock,
  'packages.lock.json': async () => (await import('./nuget.ts')).parseNugetLock,
  'gradle.lockfile': async () => (await import('./gradle.ts')).parseGradleLock,
};

/** Lock files of other tools: what they pin is not compared. */
export const unsupportedLocks = [
  'bun.lockb',
  'mix.lock',
  'pubspec.lock',
  'Package.resolved',
  'Podfile.lock',
] as const;

/** Files of these names are read by default, in the root of the repository. */
export const supportedLocks: readonly string[] = Object.keys(readers);

/** Reads one lock file. Its name says which tool wrote it; others are refused by name. Never throws. */
export async function readLockFile(files: FileTree, path: string, bytes: Uint8Array): Promise<LockFileRead> {
  const refuse = (problem: string): LockFileRead => ({ ok: false, path, problem });
  const name = readerName(path.slice(path.lastIndexOf('/') + 1));
  const load = Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (load === undefined) return refuse(`${name} is not supported; ${supportedLocks.join(', ')} are`);
  try {
    const read = await load();
    return await read({
      path,
      text: new TextDecoder().decode(bytes).replace(/^\uFEFF/, ''),
      beside: (other) => readBeside(files, path, other),
    });
  } catch (error) {
    return refuse(
      `it cannot be parsed (${error instanceof Error ? error.message.split('\n')[0] : String(error)})`,
    );
  }
}

/** Compiled requirements come under many names, named lock files of Python as `pylock.<name>.toml`. */
function readerName(name: string): string {
  if (/^requirements.*\.txt$/.test(name)) return 'requirements.txt';
  return /^pylock\.[^.]+\.toml$/.test(name) ? 'pylock.toml' : name;
}

async function readBeside(files: FileTree, path: string, name: string): Promise<string | null> {
  const bytes = await files.read(`${path.slice(0, path.lastIndexOf('/') + 1)}${name}`);
  return bytes === null ? null : new TextDecoder().decode(bytes);
}

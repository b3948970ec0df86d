import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { globMatcher } from '../../core/gate/glob.ts';
import type { FileTree } from '../../core/ports/system.ts';

const defaultMaxBytes = 32 * 1024 * 1024;
/** Never the repository's own content. */
const skipped = new Set(['.git', 'node_modules']);

/**
 * The files of a folder as a `FileTree`. `.git` and `node_modules` are not seen, symbolic links that lead out
 * of the folder are not followed. Throws `InputError` when the folder is not there.
 */
export async function folderTree(folder: string): Promise<FileTree> {
  const root = await realpath(folder).catch((cause: unknown) => {
    throw new InputError(
      'FOLDER_MISSING',
      `There is no folder ${folder}.`,
      'Check out the repository first, or name its folder with working-directory.',
      { cause },
    );
  });
  let all: Promise<readonly string[]> | undefined;
  return {
    async list(globs) {
      all ??= walk(root, '');
      return (await all).filter(globMatcher(globs));
    },
    read: (path, maxBytes = defaultMaxBytes) => readInside(root, path, maxBytes),
  };
}

async function walk(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const paths: string[] = [];
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) paths.push(...(await walk(root, path)));
    } else if (entry.isFile()) paths.push(path);
  }
  return folder === '' ? paths.sort(byCodePoint) : paths;
}

async function readInside(root: string, path: string, maxBytes: number): Promise<Uint8Array | null> {
  if (path.startsWith('/') || path.includes('\\') || path.split('/').includes('..')) {
    throw new InputError(
      'PATH_OUTSIDE',
      `The path ${JSON.stringify(path)} leads out of the repository.`,
      'Write paths from the root of the repository, with forward slashes and without "..".',
    );
  }
  const target = join(root, ...path.split('/'));
  const real = await realpath(target).catch(() => null);
  if (real === null) return null;
  const inside = relative(root, real);
  if (inside === '..' || inside.startsWith(`..${sep}`)) return null;
  const facts = await lstat(real);
  if (!facts.isFile()) return null;
  if (facts.size > maxBytes) throw tooLarge(path, facts.size, maxBytes);
  return readFile(real);
}

/** The error for a file above its limit, in bytes; shared by every kind of tree. */
export function tooLarge(path: string, size: number, maxBytes: number): InputError {
  return new InputError(
    'FILE_TOO_LARGE',
    `${path} has ${size} bytes; at most ${maxBytes} are read.`,
    'Make the file smaller, split it, or leave it out of the paths in the config.',
  );
}

export function byCodePoint(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

import { lstat, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InputError } from '../core/errors.ts';
import type { CliWorld } from './command.ts';

/**
 * Reads a file that the user named.
 *
 * @throws InputError `FILE_UNREADABLE`, `FILE_TOO_LARGE`
 */
export async function readNamedFile(world: CliWorld, path: string, maxBytes: number): Promise<Buffer> {
  const bytes = await readOptionalFile(world, path, maxBytes);
  if (bytes !== null) return bytes;
  throw unreadable(path, { code: 'ENOENT' });
}

/** As `readNamedFile`, but null when there is no such file. */
export async function readOptionalFile(
  world: CliWorld,
  path: string,
  maxBytes: number,
): Promise<Buffer | null> {
  const place = resolve(world.cwd, path);
  try {
    const { size } = await statFile(place);
    if (size > maxBytes) throw tooLarge(path, size, maxBytes);
    return await readFile(place);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error instanceof InputError ? error : unreadable(path, error);
  }
}

/**
 * Opens a file that the user named, with `open`.
 *
 * @throws InputError `FILE_UNREADABLE`
 */
export async function openNamedFile<File>(
  world: CliWorld,
  path: string,
  open: (place: string) => Promise<File>,
): Promise<File> {
  const place = resolve(world.cwd, path);
  try {
    await statFile(place);
    return await open(place);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * Writes a file that the user named, and the folders above it. What stood there before stays until the new one is whole.
 *
 * @throws InputError `OUTPUT_UNWRITABLE`
 */
export async function writeNamedFile(
  world: CliWorld,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  const place = resolve(world.cwd, path);
  try {
    await mkdir(dirname(place), { recursive: true });
    // Links and devices stay what they are, and are written through.
    const isThere = await lstat(place).catch(() => null);
    if (isThere === null || isThere.isFile()) await replaceFile(place, content);
    else await writeFile(place, content);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const found = `${path} cannot be written (${code})`;
    throw new InputError('OUTPUT_UNWRITABLE', found, 'give a folder that you may write to', { cause });
  }
}

async function replaceFile(place: string, content: string | Uint8Array): Promise<void> {
  const part = `${place}.${process.pid}.part`;
  try {
    await writeFile(part, content);
    await rename(part, place);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** A folder opens like a file, and is found out by the first read only, in words of the system. */
async function statFile(place: string): Promise<{ readonly size: number }> {
  const found = await stat(place);
  if (found.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
  return found;
}

function unreadable(path: string, cause: unknown): InputError {
  const { code } = cause as { readonly code?: string };
  const help = 'give the path of an existing file that you may read';
  const found =
    code === 'EISDIR'
      ? `${path} is a folder, expected is a file`
      : code === 'ENOENT'
        ? `there is no file ${path}`
        : `${path} cannot be read (${code})`;
  return new InputError('FILE_UNREADABLE', found, help, { cause });
}

function tooLarge(path: string, size: number, maxBytes: number): InputError {
  return new InputError(
    'FILE_TOO_LARGE',
    `${path} has ${size} bytes, allowed are ${maxBytes}`,
    'give another file',
  );
}

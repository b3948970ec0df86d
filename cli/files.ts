import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InputError } from '../core/errors.ts';
import type { CliWorld } from './command.ts';

/**
 * Reads a file that the user named.
 *
 * @throws InputError `FILE_UNREADABLE`, `FILE_TOO_LARGE`
 */
export async function readNamedFile(world: CliWorld, path: string, maxBytes: number): Promise<Uint8Array> {
  const bytes = await readOptionalFile(world, path, maxBytes);
  if (bytes !== null) return bytes;
  throw new InputError('FILE_UNREADABLE', `there is no file ${path}`, 'give the path of an existing file');
}

/** As `readNamedFile`, but null when there is no such file. */
export async function readOptionalFile(
  world: CliWorld,
  path: string,
  maxBytes: number,
): Promise<Uint8Array | null> {
  const place = resolve(world.cwd, path);
  try {
    const { size } = await stat(place);
    if (size > maxBytes) {
      throw new InputError(
        'FILE_TOO_LARGE',
        `${path} has ${size} bytes, allowed are ${maxBytes}`,
        'give another file',
      );
    }
    return await readFile(place);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    if (error instanceof InputError) throw error;
    throw new InputError(
      'FILE_UNREADABLE',
      `${path} cannot be read (${code})`,
      'give a file that you may read',
      {
        cause: error,
      },
    );
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
  try {
    return await open(resolve(world.cwd, path));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new InputError(
      'FILE_UNREADABLE',
      code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read (${code})`,
      'give the path of an existing file that you may read',
      { cause },
    );
  }
}

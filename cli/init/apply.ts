import { mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { InputError } from '../../core/errors.ts';
import type { PlannedFile } from './plan.ts';

/** What becomes of one planned file. `kept`: it exists with another content, and nobody said `--force`. */
export type Fate = 'written' | 'replaced' | 'extended' | 'unchanged' | 'kept';

/** The file with the path of the one that is there already in its place. */
export async function placeOf(root: string, file: PlannedFile): Promise<PlannedFile> {
  for (const path of [file.path, ...(file.elsewhere ?? [])]) {
    if ((await stat(join(root, path)).catch(() => null)) !== null) return { ...file, path };
  }
  return file;
}

/** Compares a planned file with what is there, and says what would be written. */
export async function decideFate(
  root: string,
  file: PlannedFile,
  force: boolean,
): Promise<{ readonly fate: Fate; readonly content: string }> {
  const found = await readExisting(join(root, file.path));
  if (found === null) return { fate: 'written', content: file.content };
  if (file.append) {
    const present = new Set(found.split('\n').map((line) => line.trim()));
    const missing = file.content.split('\n').filter((line) => line !== '' && !present.has(line));
    if (missing.length === 0) return { fate: 'unchanged', content: found };
    return { fate: 'extended', content: `${found.trimEnd()}\n${missing.join('\n')}\n`.trimStart() };
  }
  if (found === file.content) return { fate: 'unchanged', content: found };
  return force ? { fate: 'replaced', content: file.content } : { fate: 'kept', content: found };
}

/**
 * Writes a file below `root`, never through a link that leads out of it.
 *
 * @throws InputError `OUTSIDE`, `OUTPUT_UNWRITABLE`
 */
export async function writeBelow(root: string, path: string, content: string): Promise<void> {
  const target = join(root, path);
  try {
    await mkdir(dirname(target), { recursive: true });
    const real = await realpath(target).catch(async () => join(await realpath(dirname(target)), 'new'));
    if (!real.startsWith(`${await realpath(root)}${sep}`)) {
      throw new InputError('OUTSIDE', `${path} is a link to somewhere else`, 'remove the link');
    }
    await writeFile(target, content);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    throw new InputError(
      'OUTPUT_UNWRITABLE',
      `${path} cannot be written (${code})`,
      'check the folder and the space on the disk',
      { cause },
    );
  }
}

async function readExisting(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') return null;
    throw new InputError('OUTPUT_UNWRITABLE', `${path} cannot be read (${code})`, 'move what is in the way', {
      cause,
    });
  }
}

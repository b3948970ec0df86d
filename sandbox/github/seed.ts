import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Git } from './git.ts';

export interface SeedFile {
  readonly bytes: Uint8Array;
  readonly mode: string;
}

/** Files of the first commit: from a folder with its modes, or from a map in which scripts (`#!`) are executable. */
export async function readSeedFiles(
  files: string | ReadonlyMap<string, Uint8Array | string>,
): Promise<ReadonlyMap<string, SeedFile>> {
  if (typeof files === 'string') return readFolder(files);
  return new Map(
    [...files].map(([path, content]) => {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      return [path, { bytes, mode: isScript(bytes) ? '100755' : '100644' }];
    }),
  );
}

async function readFolder(folder: string): Promise<ReadonlyMap<string, SeedFile>> {
  const files = new Map<string, SeedFile>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const isExecutable = ((await stat(path)).mode & 0o100) !== 0;
    files.set(relative(folder, path).split(sep).join('/'), {
      bytes: await readFile(path),
      mode: isExecutable ? '100755' : '100644',
    });
  }
  return files;
}

function isScript(bytes: Uint8Array): boolean {
  return bytes[0] === 0x23 && bytes[1] === 0x21;
}

/** Writes the first commit of a repository. */
export async function writeFirstCommit(
  git: Git,
  repository: string,
  branch: string,
  files: ReadonlyMap<string, SeedFile>,
): Promise<string> {
  const author = {
    name: 'sandbox-owner',
    email: 'sandbox-owner@users.noreply.github.com',
    date: new Date().toISOString(),
  };
  const tree = await git.writeFiles(repository, files);
  const sha = await git.writeCommit(repository, { message: 'Initial commit', tree, parents: [], author });
  await git.createRef(repository, `refs/heads/${branch}`, sha);
  return sha;
}

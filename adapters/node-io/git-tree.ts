import { InputError } from '../../core/errors.ts';
import { globMatcher } from '../../core/gate/glob.ts';
import type { FileTree } from '../../core/ports/system.ts';
import { byCodePoint, tooLarge } from './folder-tree.ts';

const maxBuffer = 64 * 1024 * 1024;

/**
 * The files of a commit in a local clone, read with `git`; null when the revision is not in the clone (a shallow
 * checkout) or the folder is no clone. Throws `InputError` when a revision looks like an option.
 */
export async function gitTree(folder: string, revision: string): Promise<FileTree | null> {
  if (!/^[A-Za-z0-9][\w./^~-]*$/.test(revision)) {
    throw new InputError(
      'REVISION_INVALID',
      `${JSON.stringify(revision)} is not a git revision.`,
      'Give a commit sha, a branch or a tag.',
    );
  }
  const commit = await git(folder, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
  if (commit === null) return null;
  const sha = commit.toString('utf8').trim();
  let all: Promise<readonly string[]> | undefined;
  return {
    async list(globs) {
      all ??= listCommit(folder, sha);
      return (await all).filter(globMatcher(globs));
    },
    async read(path, maxBytes = maxBuffer) {
      const size = await git(folder, ['cat-file', '-s', `${sha}:${path}`]);
      if (size === null) return null;
      const bytes = Number(size.toString('utf8'));
      if (bytes > maxBytes) throw tooLarge(path, bytes, maxBytes);
      return git(folder, ['cat-file', 'blob', `${sha}:${path}`]);
    },
  };
}

async function listCommit(folder: string, sha: string): Promise<string[]> {
  const listing = await git(folder, ['ls-tree', '-r', '-z', '--full-tree', '--name-only', sha]);
  return (listing?.toString('utf8') ?? '')
    .split('\0')
    .filter((path) => path !== '')
    .sort(byCodePoint);
}

/** Standard output, or null when git is not there or says no. The repository's own hooks and config pagers never run. */
async function git(folder: string, args: readonly string[]): Promise<Buffer | null> {
  // Loaded when git is asked: most runs of an action ask nothing, and it costs each of them 3 ms.
  const { execFile } = await import('node:child_process');
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
  return new Promise<Buffer | null>((resolve) => {
    execFile('git', ['-C', folder, ...args], { encoding: 'buffer', maxBuffer, env }, (error, stdout) => {
      resolve(error === null ? stdout : null);
    });
  }).catch(() => null);
}

import { InputError } from '../../../core/errors.ts';
import { ownersOf, parseCodeowners } from '../../../core/gate/codeowners.ts';
import type { FileTree } from '../../../core/ports/system.ts';

export interface ChangedPath {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'removed';
  /** By the CODEOWNERS in force. */
  readonly owners: readonly string[];
}

/** Above this many files in both trees the comparison is refused rather than waited for. */
const mostFiles = 20_000;
const atOnce = 16;

/** Files that differ between two trees, sorted; null when there are too many to compare. */
export async function changedPaths(
  globs: readonly string[],
  files: FileTree,
  base: FileTree,
  codeowners: string,
): Promise<readonly ChangedPath[] | null> {
  const [now, before] = await Promise.all([files.list(globs), base.list(globs)]);
  if (now.length > mostFiles || before.length > mostFiles) return null;
  const known = new Set(before);
  const present = new Set(now);
  const common = now.filter((path) => known.has(path));
  const modified = new Set<string>();
  for (let start = 0; start < common.length; start += atOnce) {
    const some = common.slice(start, start + atOnce);
    const differ = await Promise.all(some.map(async (path) => !(await isSame(files, base, path))));
    for (const [index, path] of some.entries()) if (differ[index]) modified.add(path);
  }
  const statusOf = (path: string): ChangedPath['status'] | null => {
    if (!known.has(path)) return 'added';
    if (!present.has(path)) return 'removed';
    return modified.has(path) ? 'modified' : null;
  };
  const owners = parseCodeowners(codeowners);
  return [...known.union(present)].sort().flatMap((path) => {
    const status = statusOf(path);
    return status === null ? [] : [{ path, status, owners: ownersOf(owners, path) ?? [] }];
  });
}

/** A file that is too large to be read counts as modified. */
async function isSame(files: FileTree, base: FileTree, path: string): Promise<boolean> {
  const [left, right] = await Promise.all([readable(files, path), readable(base, path)]);
  return left !== null && right !== null && Buffer.from(left).equals(right);
}

async function readable(files: FileTree, path: string): Promise<Uint8Array | null> {
  try {
    return await files.read(path);
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

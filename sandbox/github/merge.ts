import type { TreeEntry } from './git.ts';

/** A merge by files, or the paths that both sides changed differently. */
export type MergedTree =
  | { readonly clean: true; readonly entries: readonly TreeEntry[] }
  | { readonly clean: false; readonly conflicts: readonly string[] };

/**
 * Three-way merge of whole files. (GitHub merges lines: here a file that both sides changed is a conflict, unless
 * they changed it alike.)
 */
export function mergeTrees(
  base: readonly TreeEntry[],
  ours: readonly TreeEntry[],
  theirs: readonly TreeEntry[],
): MergedTree {
  const [baseByPath, oursByPath, theirsByPath] = [base, ours, theirs].map(byPath) as [Tree, Tree, Tree];
  const entries: TreeEntry[] = [];
  const conflicts: string[] = [];

  for (const path of new Set([...baseByPath.keys(), ...oursByPath.keys(), ...theirsByPath.keys()])) {
    const [was, our, their] = [baseByPath.get(path), oursByPath.get(path), theirsByPath.get(path)];
    if (isSame(our, their) || isSame(was, their)) keep(our);
    else if (isSame(was, our)) keep(their);
    else conflicts.push(path);
  }
  return conflicts.length > 0 ? { clean: false, conflicts: conflicts.sort() } : { clean: true, entries };

  function keep(entry: TreeEntry | undefined): void {
    if (entry !== undefined) entries.push(entry);
  }
}

type Tree = ReadonlyMap<string, TreeEntry>;

function byPath(entries: readonly TreeEntry[]): Tree {
  return new Map(entries.map((entry) => [entry.path, entry]));
}

function isSame(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.sha === b?.sha && a?.mode === b?.mode;
}

import { ownersOf, parseCodeowners } from '../gate/codeowners.ts';

/** A file that nobody made yet: whoever owns a folder owns what will come into it. */
const newFile = 'a-file-to-come.yml';

/**
 * Paths that must have a code owner and have none, in the order of the config. A folder (`…/`) is owned when every
 * file in it is, and the next one will be.
 *
 * @param codeowners the file that GitHub reads; null: there is none.
 * @param files every file of the repository below the folders of `wanted`.
 */
export function unownedPaths(
  wanted: readonly string[],
  codeowners: string | null,
  files: readonly string[],
): readonly string[] {
  const rules = parseCodeowners(codeowners ?? '');
  const isOwned = (path: string): boolean => (ownersOf(rules, path) ?? []).length > 0;
  return wanted.flatMap((declared) => {
    const path = declared.replace(/^\//, '');
    if (!path.endsWith('/')) return isOwned(path) ? [] : [path];
    if (!isOwned(`${path}${newFile}`)) return [path];
    return files.filter((file) => file.startsWith(path) && !isOwned(file));
  });
}

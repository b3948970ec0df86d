import type { FileTree } from '../ports/system.ts';
import { matchesSegments } from './glob.ts';

/** One line of a CODEOWNERS file: owners of the files that a pattern matches. */
export interface OwnerRule {
  readonly matches: (path: string) => boolean;
  /** `@login`, `@org/team` or an address, as written; empty: deliberately nobody. */
  readonly owners: readonly string[];
}

/** Where GitHub looks for the file, in its order. */
export const codeownersPaths: readonly string[] = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** The CODEOWNERS file that GitHub would use; null: there is none. */
export async function readCodeowners(
  files: FileTree,
): Promise<{ readonly path: string; readonly text: string } | null> {
  for (const path of codeownersPaths) {
    const bytes = await files.read(path);
    if (bytes !== null) return { path, text: new TextDecoder().decode(bytes) };
  }
  return null;
}

/**
 * Reads a CODEOWNERS file as GitHub does: patterns like those of .gitignore, without `!` and `[ ]`, a space in one as `\ `;
 * a line that cannot be read, for its pattern or for one of its owners, is left out, so that an earlier one holds.
 */
export function parseCodeowners(text: string): readonly OwnerRule[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [pattern, ...owners] = line.replace(/(^|\s)#.*$/, '').match(/(?:\\.|[^\s\\])+/g) ?? [];
    if (pattern === undefined || /[[\]]|^!/.test(pattern)) return [];
    if (!owners.every((owner) => owner.includes('@'))) return [];
    return [{ matches: matcher(pattern.replaceAll('\\ ', ' ')), owners }];
  });
}

/** Owners of a file: those of the last line that matches (a line without owners takes them away); null: none matches. */
export function ownersOf(rules: readonly OwnerRule[], path: string): readonly string[] | null {
  return rules.findLast(({ matches }) => matches(path))?.owners ?? null;
}

/**
 * The sets of owners that somebody has to be in, one for each different set that owns a changed file. Files without
 * owners ask for nobody; without any owned file the answer is empty, and then nobody is an owner.
 */
export function requiredOwners(
  rules: readonly OwnerRule[],
  paths: readonly string[],
): readonly (readonly string[])[] {
  const sets = new Map<string, readonly string[]>();
  for (const path of paths) {
    const owners = ownersOf(rules, path);
    if (owners !== null && owners.length > 0) sets.set(owners.join(' '), owners);
  }
  return [...sets.values()];
}

/** A pattern with a slash before its end is anchored; without one it matches at any depth. */
function matcher(pattern: string): (path: string) => boolean {
  const isFolder = pattern.endsWith('/');
  const bare = pattern.replace(/^\/|\/$/g, '');
  const anchored = pattern.slice(0, -1).includes('/');
  const parts = bare.split('/');
  // A folder and a trailing `**` own what is below, not a file of that name.
  const body = parts.at(-1) === '**' ? [...parts, '*'] : parts;
  // `docs/*` owns the files in docs and nothing deeper; any other pattern owns what is below it, too.
  const below = isFolder ? ['**', '*'] : bare.endsWith('/*') ? [] : ['**'];
  const segments = [...(anchored ? [] : ['**']), ...body, ...below];
  return (path) => matchesSegments(segments, path.split('/'));
}

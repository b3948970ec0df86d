import { globMatcher } from '../../core/gate/glob.ts';

/**
 * Owners of a path by GitHub's rules for CODEOWNERS: the last line that matches counts, and one without owners
 * takes them away.
 */
export function ownersOf(text: string, path: string): string[] {
  let owners: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [pattern, ...names] = line
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/);
    if (pattern && matches(pattern, path)) owners = names;
  }
  return owners;
}

/** Patterns as in .gitignore: one with a slash is anchored, a folder stands for all that is in it. */
function matches(pattern: string, path: string): boolean {
  const anchored = pattern.slice(0, -1).includes('/');
  const bare = pattern.replace(/^\//, '');
  const base = anchored ? bare : `**/${bare}`;
  if (bare.endsWith('/')) return globMatcher([`${base}**`])(path);
  return globMatcher(bare.endsWith('*') ? [base] : [base, `${base}/**`])(path);
}

import { z } from 'zod';
import { globMatcher, isGlob } from '../../core/gate/glob.ts';
import type { GithubClient } from './client.ts';

interface Commit {
  readonly sha: string;
}

/**
 * The commits that change a file matching one of the globs. GitHub filters by folder; a glob that says more than a
 * folder is compared with each commit's files.
 */
export async function changing<One extends Commit>(
  github: GithubClient,
  head: string,
  commits: readonly One[],
  globs: readonly string[],
): Promise<readonly One[]> {
  if (globs.length === 0 || commits.length === 0) return commits;
  const range = new Set(commits.map(({ sha }) => sha));
  const kept = new Set<string>();
  for (const glob of globs) {
    const { folder, isWhole } = scopeOf(glob);
    for (const sha of await touching(github, head, folder, range)) {
      if (kept.has(sha)) continue;
      if (isWhole || (await filesOf(github, sha)).some(globMatcher([glob]))) kept.add(sha);
    }
  }
  return commits.filter(({ sha }) => kept.has(sha));
}

/** The folder (or file) that a glob stays in, and whether it means everything there. */
function scopeOf(glob: string): { readonly folder: string; readonly isWhole: boolean } {
  const parts = glob.replace(/^\.\//, '').replace(/\/$/, '').split('/');
  const first = parts.findIndex(isGlob);
  if (first < 0) return { folder: parts.join('/'), isWhole: true };
  return { folder: parts.slice(0, first).join('/'), isWhole: parts.slice(first).join('/') === '**' };
}

/** Those of `range` that touch a folder: the list is newest first, so it ends with the first page beyond the range. */
async function touching(
  github: GithubClient,
  head: string,
  folder: string,
  range: ReadonlySet<string>,
): Promise<readonly string[]> {
  const path = folder === '' ? {} : { path: folder };
  const commits = await github.list(
    'GET /repos/{owner}/{repo}/commits',
    { sha: head, ...path },
    z.object({ sha: z.string() }),
    { enough: (page) => !page.some(({ sha }) => range.has(sha)) },
  );
  return commits.flatMap(({ sha }) => (range.has(sha) ? [sha] : []));
}

/** GitHub names the first 300 files of a commit. */
async function filesOf(github: GithubClient, sha: string): Promise<readonly string[]> {
  const { files } = await github.get(
    'GET /repos/{owner}/{repo}/commits/{ref}',
    { ref: sha },
    z.object({
      files: z.array(z.object({ filename: z.string(), previous_filename: z.string().optional() })),
    }),
  );
  return files.flatMap(({ filename, previous_filename: before }) =>
    before === undefined ? [filename] : [filename, before],
  );
}

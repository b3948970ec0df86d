import { z } from 'zod';
import { InputError, ProviderError } from '../../core/errors.ts';
import { globMatcher } from '../../core/gate/glob.ts';
import type { CommitFiles } from '../../core/ports/system.ts';
import type { GithubClient } from './client.ts';

const defaultMaxBytes = 32 * 1_048_576;

const entrySchema = z.object({
  type: z.string(),
  sha: z.string(),
  size: z.number(),
  content: z.string().optional(),
  encoding: z.string().optional(),
});

const treeEntrySchema = z.object({ path: z.string(), type: z.string(), mode: z.string().default('100644') });
type TreeEntry = z.infer<typeof treeEntrySchema>;
/** How git writes a symbolic link. */
const linkMode = '120000';

/** The files of one commit, through the API. A commit never changes, so an answer is never asked for twice. */
export function filesAt(github: GithubClient, sha: string): CommitFiles {
  let entries: Promise<readonly TreeEntry[]> | undefined;
  const read = new Map<string, Promise<Uint8Array | null>>();
  return {
    list: async (globs) => {
      entries ??= listEntries(github, sha);
      const paths = (await entries).map(({ path }) => path).sort();
      return paths.filter(globMatcher(globs));
    },
    isLink: async (path) => {
      entries ??= listEntries(github, sha);
      return (await entries).some((entry) => entry.path === path && entry.mode === linkMode);
    },
    read: (path, maxBytes = defaultMaxBytes) => {
      const known = read.get(path) ?? readFile(github, sha, path, maxBytes);
      read.set(path, known);
      known.catch(() => read.delete(path));
      return known;
    },
  };
}

async function listEntries(github: GithubClient, sha: string): Promise<readonly TreeEntry[]> {
  const tree = await github.get(
    'GET /repos/{owner}/{repo}/git/trees/{tree_sha}',
    { tree_sha: sha, recursive: '1' },
    z.object({
      truncated: z.boolean().default(false),
      tree: z.array(treeEntrySchema),
    }),
  );
  if (tree.truncated) {
    throw new ProviderError(
      'TREE_TRUNCATED',
      `GitHub does not list all files of ${sha}: there are more than 100,000`,
      'Run the gates in a workflow that checks the repository out.',
      { retryable: false },
    );
  }
  return tree.tree.filter(({ type }) => type === 'blob');
}

async function readFile(
  github: GithubClient,
  sha: string,
  path: string,
  maxBytes: number,
): Promise<Uint8Array | null> {
  const entry = await github.find(
    'GET /repos/{owner}/{repo}/contents/{+path}',
    { path: path.split('/').map(encodeURIComponent).join('/'), ref: sha },
    z.union([entrySchema, z.array(z.unknown())]),
  );
  if (entry === null || Array.isArray(entry) || entry.type !== 'file') return null;
  if (entry.size > maxBytes) throw tooLarge(path, entry.size, maxBytes);
  if (entry.encoding === 'base64' && entry.content !== undefined) return Buffer.from(entry.content, 'base64');
  // Above 1 MB the contents API leaves the content out.
  const blob = await github.get(
    'GET /repos/{owner}/{repo}/git/blobs/{file_sha}',
    { file_sha: entry.sha },
    z.object({ content: z.string() }),
  );
  return Buffer.from(blob.content, 'base64');
}

function tooLarge(path: string, size: number, maxBytes: number): InputError {
  return new InputError(
    'FILE_TOO_LARGE',
    `${path} has ${size} bytes, at most ${maxBytes} are read`,
    'Make the file smaller.',
  );
}

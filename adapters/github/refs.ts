import { z } from 'zod';
import type { Forge } from '../../core/ports/forge.ts';
import type { GithubClient } from './client.ts';
import { changing } from './commit-paths.ts';

const gitObject = z.object({ sha: z.string(), type: z.string() });
export const commitSchema = z.object({
  sha: z.string(),
  commit: z.object({ message: z.string(), author: z.object({ name: z.string().nullish() }).nullish() }),
  author: z.object({ login: z.string().optional() }).nullish(),
});

type RefMethods = Pick<
  Forge,
  | 'defaultBranch'
  | 'whereabouts'
  | 'resolveRef'
  | 'readCommit'
  | 'isAncestor'
  | 'listChangedFiles'
  | 'listCommitsBetween'
>;

export function refMethods(github: GithubClient): RefMethods {
  return {
    defaultBranch: async () =>
      (await github.get('GET /repos/{owner}/{repo}', {}, z.object({ default_branch: z.string() })))
        .default_branch,

    whereabouts: async () => {
      const answer = z.object({ full_name: z.string(), default_branch: z.string() });
      const about = await github.get('GET /repos/{owner}/{repo}', {}, answer);
      return { name: about.full_name, defaultBranch: about.default_branch };
    },

    resolveRef: async (ref) => {
      const found = await github.find(
        'GET /repos/{owner}/{repo}/git/ref/{ref}',
        { ref },
        z.object({ object: gitObject }),
      );
      if (found === null) return null;
      return { object: found.object.sha, commit: await peel(github, found.object) };
    },

    readCommit: async (sha) => {
      const found = await github.get(
        'GET /repos/{owner}/{repo}/git/commits/{commit_sha}',
        { commit_sha: sha },
        z.object({
          sha: z.string(),
          tree: z.object({ sha: z.string() }),
          message: z.string(),
          author: z.object({ name: z.string().nullish() }).nullish(),
          parents: z.array(z.object({ sha: z.string() })),
        }),
      );
      return {
        sha: found.sha,
        tree: found.tree.sha,
        message: found.message,
        author: found.author?.name ?? 'unknown',
        parents: found.parents.map((parent) => parent.sha),
      };
    },

    isAncestor: async (ancestor, descendant) => {
      const { status } = await github.get(
        'GET /repos/{owner}/{repo}/compare/{basehead}',
        { basehead: `${ancestor}...${descendant}`, per_page: 1 },
        z.object({ status: z.string() }),
      );
      return status === 'ahead' || status === 'identical';
    },

    listChangedFiles: async (base, head) => {
      const { files } = await github.get(
        'GET /repos/{owner}/{repo}/compare/{basehead}',
        { basehead: `${base}...${head}`, per_page: 1 },
        z.object({
          files: z
            .array(z.object({ filename: z.string(), previous_filename: z.string().optional() }))
            .optional(),
        }),
      );
      // GitHub lists 300 files at most, and does not say when there are more.
      if (files === undefined || files.length >= 300) return null;
      return files.flatMap(({ filename, previous_filename: before }) =>
        before === undefined ? [filename] : [filename, before],
      );
    },

    listCommitsBetween: async (base, head, limit, paths = []) => {
      const commits = base === null ? await history(github, head, limit) : await between(github, base, head);
      return (await changing(github, head, commits, paths)).slice(0, limit).map(toChange);
    },
  };
}

/** Annotated tags point to a tag object, which may point to another one. */
async function peel(github: GithubClient, object: z.infer<typeof gitObject>): Promise<string> {
  let at = object;
  for (let depth = 0; at.type === 'tag' && depth < 5; depth += 1) {
    const { object: inner } = await github.get(
      'GET /repos/{owner}/{repo}/git/tags/{tag_sha}',
      { tag_sha: at.sha },
      z.object({ object: gitObject }),
    );
    at = inner;
  }
  return at.sha;
}

/** Newest first, as `GET /commits` gives them. */
async function history(
  github: GithubClient,
  head: string,
  limit: number,
): Promise<z.infer<typeof commitSchema>[]> {
  return github.get(
    'GET /repos/{owner}/{repo}/commits',
    { sha: head, per_page: Math.min(limit, 100) },
    commitSchema.array(),
  );
}

/** Compare lists oldest first; we want the newest at the top. */
async function between(
  github: GithubClient,
  base: string,
  head: string,
): Promise<z.infer<typeof commitSchema>[]> {
  const commits = await github.list(
    'GET /repos/{owner}/{repo}/compare/{basehead}',
    { basehead: `${base}...${head}` },
    commitSchema,
    { member: 'commits' },
  );
  return commits.toReversed();
}

function toChange(
  found: z.infer<typeof commitSchema>,
): Awaited<ReturnType<Forge['listCommitsBetween']>>[number] {
  return {
    sha: found.sha,
    message: found.commit.message,
    author: found.author?.login ?? found.commit.author?.name ?? 'unknown',
  };
}

import { z } from 'zod';
import type { Forge } from '../../core/ports/forge.ts';
import type { GithubClient } from './client.ts';
import { hasMarker, keepMarker, withMarker } from './marker.ts';

const userSchema = z.object({ login: z.string() }).nullish();
const commentSchema = z.object({
  id: z.int(),
  html_url: z.string(),
  body: z.string().nullish(),
  user: userSchema,
});
const issueSchema = z.object({
  number: z.int(),
  html_url: z.string(),
  body: z.string().nullish(),
  state: z.string(),
  user: userSchema,
});

type IssueMethods = Pick<
  Forge,
  | 'removeLabel'
  | 'readComment'
  | 'upsertComment'
  | 'ensureComment'
  | 'addReaction'
  | 'ensureIssue'
  | 'updateIssue'
>;

/** Issues and comments. What is ours is known by its author first and its marker second: anybody can copy a marker. */
export function issueMethods(github: GithubClient): IssueMethods {
  return {
    readComment: async (commentId) => {
      const found = await github.find(
        'GET /repos/{owner}/{repo}/issues/comments/{comment_id}',
        { comment_id: commentId },
        z.object({
          body: z.string().nullish(),
          user: userSchema,
          created_at: z.string(),
          updated_at: z.string(),
        }),
      );
      if (found === null) return null;
      return {
        body: found.body ?? '',
        author: found.user?.login ?? 'ghost',
        createdAt: Date.parse(found.created_at),
        updatedAt: Date.parse(found.updated_at),
      };
    },

    upsertComment: async ({ issue, marker, body }) => {
      const text = withMarker(marker, body);
      const existing = await findComment(github, issue, marker);
      if (existing === null) return createComment(github, issue, text);
      if (existing.body !== text) {
        await github.send(
          'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
          { comment_id: existing.id, body: text },
          z.unknown(),
        );
      }
      return { id: existing.id, url: existing.html_url };
    },

    ensureComment: async ({ issue, key, body }) => {
      const existing = await findComment(github, issue, key);
      if (existing !== null) return { id: existing.id, url: existing.html_url };
      return createComment(github, issue, withMarker(key, body));
    },

    removeLabel: async (issue, label) => {
      const route = 'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}';
      await github.send(route, { issue_number: issue, name: label }, z.unknown()).catch((error: Error) => {
        if ((error.cause as { status?: number } | undefined)?.status !== 404) throw error;
      });
    },

    addReaction: async (commentId, content) => {
      // GitHub answers 200 instead of 201 when the reaction is there already.
      await github.send(
        'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions',
        { comment_id: commentId, content },
        z.unknown(),
      );
    },

    ensureIssue: async ({ key, title, labels, body }) => {
      const existing = await findIssue(github, key);
      const found =
        existing ??
        (await github.send(
          'POST /repos/{owner}/{repo}/issues',
          { title, labels: [...labels], body: withMarker(key, body) },
          issueSchema,
        ));
      return { number: found.number, url: found.html_url };
    },

    updateIssue: async (issue, { body, state }) => {
      const found = await github.get(
        'GET /repos/{owner}/{repo}/issues/{issue_number}',
        { issue_number: issue },
        issueSchema,
      );
      const text = body === undefined ? undefined : keepMarker(found.body, body);
      const change = {
        ...(text === undefined || text === found.body ? {} : { body: text }),
        ...(state === undefined || state === found.state ? {} : { state }),
      };
      if (Object.keys(change).length === 0) return;
      await github.send(
        'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
        { issue_number: issue, ...change },
        z.unknown(),
      );
    },
  };
}

async function findComment(
  github: GithubClient,
  issue: number,
  key: string,
): Promise<z.infer<typeof commentSchema> | null> {
  const comments = await github.list(
    'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    { issue_number: issue },
    commentSchema,
  );
  return comments.find(({ body, user }) => user?.login === github.botLogin && hasMarker(body, key)) ?? null;
}

async function createComment(
  github: GithubClient,
  issue: number,
  body: string,
): Promise<{ id: number; url: string }> {
  const made = await github.send(
    'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    { issue_number: issue, body },
    commentSchema,
  );
  return { id: made.id, url: made.html_url };
}

async function findIssue(github: GithubClient, key: string): Promise<z.infer<typeof issueSchema> | null> {
  const issues = await github.list(
    'GET /repos/{owner}/{repo}/issues',
    { state: 'all', creator: github.botLogin },
    issueSchema,
  );
  return issues.find(({ body, user }) => user?.login === github.botLogin && hasMarker(body, key)) ?? null;
}

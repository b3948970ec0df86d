import { z } from 'zod';
import { ConflictError } from '../../core/errors.ts';
import type { FileEdits, Proposal } from '../../core/ports/file-edits.ts';
import type { GithubClient } from './client.ts';

const fileSchema = z.object({ type: z.literal('file'), sha: z.string(), content: z.string() });
const pullSchema = z.object({
  number: z.int(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullish(),
  head: z.object({ ref: z.string() }),
  user: z.object({ login: z.string() }).nullish(),
});

export function fileEdits(github: GithubClient): FileEdits {
  const read: FileEdits['read'] = async (path, branch) => {
    const found = await github.find(
      'GET /repos/{owner}/{repo}/contents/{+path}',
      { path: encoded(path), ref: branch },
      fileSchema,
    );
    if (found === null) return null;
    return { text: Buffer.from(found.content, 'base64').toString('utf8'), version: found.sha };
  };

  const write: FileEdits['write'] = async ({ path, branch, text, message, version }) => {
    const { commit } = await github.send(
      'PUT /repos/{owner}/{repo}/contents/{+path}',
      { path: encoded(path), branch, message, content: Buffer.from(text).toString('base64'), sha: version },
      z.object({ commit: z.object({ sha: z.string() }) }),
    );
    return { commit: commit.sha };
  };

  const list = (parameters: Record<string, unknown>): Promise<readonly z.infer<typeof pullSchema>[]> =>
    github.list('GET /repos/{owner}/{repo}/pulls', parameters, pullSchema);

  const close: FileEdits['close'] = async (proposal) => {
    await github.send(
      'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
      { pull_number: proposal, state: 'closed' },
      z.unknown(),
    );
  };

  return {
    read,
    write,
    close,

    propose: async ({ path, branch, head, instead, text, message, body }) => {
      for (const open of await list({ state: 'open', base: branch })) {
        const ours = open.user?.login === github.botLogin && open.head.ref.startsWith(instead);
        if (ours && open.head.ref !== head) await close(open.number);
      }
      const [known] = await list({ state: 'all', head: `${github.owner}:${head}`, base: branch });
      if (known !== undefined) return toProposal(known);
      await ensureBranch(github, head, branch);
      const file = await read(path, head);
      if (file === null) throw gone(path, branch);
      if (file.text !== text) await write({ path, branch: head, text, message, version: file.version });
      const opened = await github.send(
        'POST /repos/{owner}/{repo}/pulls',
        { title: message.split('\n', 1)[0], head, base: branch, body },
        pullSchema,
      );
      return toProposal(opened);
    },

    merge: async (proposal) => {
      try {
        await github.send(
          'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
          { pull_number: proposal, merge_method: 'squash' },
          z.unknown(),
        );
        return true;
      } catch (error) {
        // 405: not mergeable, or a rule is in the way; 409: the head moved.
        const status = ((error as Error).cause as { status?: number } | undefined)?.status;
        if (status === 405 || status === 409) return false;
        throw error;
      }
    },
  };
}

async function ensureBranch(github: GithubClient, head: string, base: string): Promise<void> {
  const ref = z.object({ object: z.object({ sha: z.string() }) });
  const route = 'GET /repos/{owner}/{repo}/git/ref/{ref}';
  if ((await github.find(route, { ref: `heads/${head}` }, ref)) !== null) return;
  const { object } = await github.get(route, { ref: `heads/${base}` }, ref);
  await github.send(
    'POST /repos/{owner}/{repo}/git/refs',
    { ref: `refs/heads/${head}`, sha: object.sha },
    z.unknown(),
  );
}

function toProposal({
  number,
  html_url: url,
  state,
  merged_at: mergedAt,
}: z.infer<typeof pullSchema>): Proposal {
  return { number, url, state: state === 'open' ? 'open' : mergedAt == null ? 'closed' : 'merged' };
}

function encoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function gone(path: string, branch: string): ConflictError {
  return new ConflictError('FILE_GONE', `There is no ${path} in ${branch} any more`, 'Put it back.');
}

import { z } from 'zod';
import { configPath } from '../../core/config/parse.ts';
import { actorSchema, eventHandler, ignored, withAction } from './event-handler.ts';

/** A group is asked for once and gone once, whichever webhook comes first: no other has its commit. */
const requested = { updatedAt: 0, readAt: 0 } as const;
export const gone = { updatedAt: 1, readAt: 0 } as const;

/** A merge queue wants checks on the head of a group: a commit that no pull request has. */
export const mergeGroup = eventHandler({
  event: 'merge_group',
  wants: withAction('checks_requested', 'destroyed'),
  payload: z.object({
    action: z.string(),
    reason: z.string().nullish(),
    merge_group: z.object({
      head_sha: z.string(),
      head_ref: z.string(),
      base_sha: z.string(),
      base_ref: z.string(),
    }),
    sender: actorSchema.nullish(),
  }),
  async read({ action, reason, merge_group: group, sender }, { forge, repository }) {
    const ref = { kind: 'change', repository, key: `group/${group.head_sha}` } as const;
    if (action === 'destroyed') {
      return {
        outcome: 'closed',
        events: [{ ref, event: { type: 'change.closed', merged: reason === 'merged', asOf: gone } }],
      };
    }
    if ((await forge.filesAt(group.base_sha).read(configPath)) === null) return ignored('not configured');
    const event = {
      type: 'change.updated',
      pullRequest: null,
      headSha: group.head_sha,
      headRef: shortRef(group.head_ref),
      baseRef: shortRef(group.base_ref),
      baseSha: group.base_sha,
      author: sender?.login ?? 'github-merge-queue[bot]',
      fork: false,
      asOf: requested,
    } as const;
    return { outcome: 'updated', events: [{ ref, event }] };
  },
});

function shortRef(ref: string): string {
  return ref.replace(/^refs\/heads\//, '');
}

import { z } from 'zod';
import { actorSchema, eventHandler } from './event-handler.ts';
import { readAgain, readConfigChange, touchesConfig } from './settings.ts';
import { readTag } from './tag.ts';

const tagPrefix = 'refs/tags/';

/** Tags, and the config of the default branch; what a branch push means for changes arrives as `pull_request`. */
export const push = eventHandler({
  event: 'push',
  wants: (payload) => String(payload.ref).startsWith(tagPrefix) || touchesConfig(payload),
  payload: z.object({
    ref: z.string(),
    deleted: z.boolean().default(false),
    after: z.string(),
    head_commit: z.object({ id: z.string() }).nullish(),
    sender: actorSchema,
  }),
  async read({ ref, deleted, after, head_commit: head, sender }, context) {
    if (!ref.startsWith(tagPrefix)) {
      return readAgain(context.repository, await readConfigChange({ ref, after, by: sender.login }, context));
    }
    const tag = ref.slice(tagPrefix.length);
    // For an annotated tag `after` is the tag object and `head_commit` the commit.
    const commit = deleted ? null : (head?.id ?? after);
    return readTag({ tag, commit, actor: toActor(sender) }, context);
  },
});

export function toActor(sender: { login: string; type: string }): { login: string; type: 'User' | 'Bot' } {
  return { login: sender.login, type: isBot(sender) ? 'Bot' : 'User' };
}

export function isBot(sender: { login: string; type: string }): boolean {
  return sender.type !== 'User' || sender.login.endsWith('[bot]');
}

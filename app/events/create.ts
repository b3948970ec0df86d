import { z } from 'zod';
import { actorSchema, eventHandler, ignored } from './event-handler.ts';
import { toActor } from './push.ts';
import { readTag } from './tag.ts';

/**
 * A tag made through the API; GitHub sends no `push` when more than three tags arrive at once. The payload
 * names no commit, so the API is asked.
 */
export const create = eventHandler({
  event: 'create',
  wants: ({ ref_type: type }) => type === 'tag',
  payload: z.object({ ref: z.string(), sender: actorSchema }),
  async read({ ref, sender }, context) {
    const found = await context.forge.resolveRef(`tags/${ref}`);
    if (found === null) return ignored('deleted meanwhile');
    return readTag({ tag: ref, commit: found.commit, actor: toActor(sender) }, context);
  },
});

import { z } from 'zod';
import { actorSchema, ignored, installationHandler, withAction } from './event-handler.ts';
import { readAgain } from './settings.ts';

/**
 * What becomes of a repository itself. Its name of today was settled before anybody reads this: every webhook names it
 * by its number. Here remains what follows for its rules, and whether the App still has anything to do there.
 */
export const repositoryEvent = installationHandler({
  scope: 'installation',
  event: 'repository',
  wants: withAction('renamed', 'transferred', 'edited', 'archived', 'unarchived', 'deleted'),
  payload: z.object({
    action: z.string(),
    repository: z.object({ id: z.int(), default_branch: z.string().nullish() }),
    changes: z.object({ default_branch: z.object({ from: z.string() }).nullish() }).nullish(),
    sender: actorSchema,
  }),
  read({ action, repository: { id, default_branch: branch }, changes, sender }, repository) {
    switch (action) {
      case 'archived':
      case 'deleted':
        return { outcome: 'removed', events: [], removed: [{ repository, id }] };
      case 'edited': {
        const from = changes?.default_branch?.from;
        if (from === undefined) return ignored('nothing of ours');
        const text = `default branch ${from} became ${branch}`;
        return readAgain(repository, { text, actor: sender.login });
      }
      case 'renamed':
      case 'transferred':
        return readAgain(repository, { text: `repository ${action}`, actor: sender.login });
      default:
        return { outcome: 'installed', events: [] };
    }
  },
});

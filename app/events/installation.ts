import { z } from 'zod';
import { ignored, installationHandler } from './event-handler.ts';

const repositories = z.array(z.object({ id: z.int().optional(), full_name: z.string() })).default([]);
const installation = z.object({ id: z.int() });

/** The App was installed, removed or suspended. */
export const installationEvent = installationHandler({
  scope: 'installation',
  event: 'installation',
  payload: z.object({ action: z.string(), installation, repositories }),
  read({ action, installation: { id }, repositories: list }) {
    switch (action) {
      case 'created':
      case 'unsuspend':
      case 'new_permissions_accepted':
        return { outcome: 'installed', events: [], installed: list.map((one) => installed(one, id)) };
      case 'deleted':
      case 'suspend':
        return { outcome: 'removed', events: [], lost: id };
      default:
        return ignored('another action');
    }
  },
});

/** Repositories were added to an installation or taken out of it. */
export const installationRepositories = installationHandler({
  scope: 'installation',
  event: 'installation_repositories',
  payload: z.object({ installation, repositories_added: repositories, repositories_removed: repositories }),
  read({ installation: { id }, repositories_added: added, repositories_removed: removed }) {
    return {
      outcome: 'installed',
      events: [],
      installed: added.map((one) => installed(one, id)),
      removed: removed.map(named),
    };
  },
});

type Listed = z.infer<typeof repositories>[number];

function installed(one: Listed, installationId: number) {
  return { ...named(one), installationId };
}

function named({ id, full_name: repository }: Listed) {
  return { repository, ...(id === undefined ? {} : { id }) };
}

import { z } from 'zod';
import { ignored, installationHandler } from './event-handler.ts';

const repositories = z.array(z.object({ full_name: z.string() })).default([]);
const installation = z.object({ id: z.int() });

/** The App was installed, removed or suspended. */
export const installationEvent = installationHandler({
  scope: 'installation',
  event: 'installation',
  payload: z.object({ action: z.string(), installation, repositories }),
  read({ action, installation: { id }, repositories: list }) {
    const names = list.map(({ full_name: name }) => name);
    switch (action) {
      case 'created':
      case 'unsuspend':
      case 'new_permissions_accepted':
        return { outcome: 'installed', events: [], installed: names.map((name) => installed(name, id)) };
      case 'deleted':
      case 'suspend':
        return { outcome: 'removed', events: [], removed: names };
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
      installed: added.map(({ full_name: name }) => installed(name, id)),
      removed: removed.map(({ full_name: name }) => name),
    };
  },
});

function installed(
  repository: string,
  installationId: number,
): { repository: string; installationId: number } {
  return { repository, installationId };
}

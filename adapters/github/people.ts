import { z } from 'zod';
import type { Forge } from '../../core/ports/forge.ts';
import type { GithubClient } from './client.ts';

/** Who may do what. Anything but a clear answer throws: the caller denies. */
export function peopleMethods(github: GithubClient): Pick<Forge, 'readRole' | 'isActiveTeamMember'> {
  return {
    // `permission` folds maintain into write and triage into read: `role_name` does not.
    readRole: async (login) => {
      const found = await github.find(
        'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
        { username: login },
        z.object({ role_name: z.string() }),
      );
      return found === null || found.role_name === 'none' ? null : found.role_name;
    },

    isActiveTeamMember: async (teamSlug, login) => {
      const [first = '', second] = teamSlug.replace(/^@/, '').split('/');
      const [org, slug] = second === undefined ? [github.owner, first] : [first, second];
      if (org.toLowerCase() !== github.owner.toLowerCase()) return false;
      const found = await github.find(
        'GET /orgs/{org}/teams/{team_slug}/memberships/{username}',
        { org, team_slug: slug, username: login },
        z.object({ state: z.string() }),
      );
      return found?.state === 'active';
    },
  };
}

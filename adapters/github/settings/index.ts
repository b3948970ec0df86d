import { z } from 'zod';
import type { RepositorySettings } from '../../../core/ports/repository-settings.ts';
import { githubClient, type OctokitRequest, type RequestClock } from '../client.ts';
import { applyEnvironment, readEnvironments } from './environments.ts';
import { applyLabel, readLabels } from './labels.ts';
import { applyRuleset, readRulesets } from './rulesets.ts';

/** The settings port over GitHub's REST API, for one repository. */
export function githubSettings(options: {
  readonly octokit: OctokitRequest;
  readonly repository: string;
  readonly appSlug: string;
  readonly clock?: RequestClock;
}): RepositorySettings {
  const github = githubClient(options.octokit, options.repository, options.appSlug, options.clock);
  const idOf = async (route: string, parameters: Record<string, unknown>): Promise<number | null> =>
    (await github.find(route, parameters, z.object({ id: z.number() })))?.id ?? null;

  return {
    resolve: async ({ user, app }) => {
      // All teams: those that the settings do not name may stand in a bypass list.
      const teams = await github
        .list('GET /orgs/{org}/teams', { org: github.owner }, z.object({ id: z.number(), slug: z.string() }))
        .catch((error: Error) => {
          if ((error.cause as { status?: number } | undefined)?.status === 404) return []; // a person's repository
          throw error;
        });
      const users = await Promise.all(
        user.map(
          async (login) =>
            [login.toLowerCase(), await idOf('GET /users/{username}', { username: login })] as const,
        ),
      );
      const apps = await Promise.all(
        app.map(async (slug) => [slug, await idOf('GET /apps/{app_slug}', { app_slug: slug })] as const),
      );
      return {
        teams: new Map(teams.map(({ slug, id }) => [slug, id])),
        users: known(users),
        apps: known(apps),
      };
    },

    read: async (directory) => ({
      rulesets: await readRulesets(github, directory),
      environments: await readEnvironments(github),
      labels: await readLabels(github),
    }),

    apply: (change, directory) => {
      switch (change.kind) {
        case 'ruleset':
          return applyRuleset(github, change, directory);
        case 'environment':
          return applyEnvironment(github, change, directory);
        case 'label':
          return applyLabel(github, change);
      }
    },
  };
}

function known(found: readonly (readonly [string, number | null])[]): Map<string, number> {
  return new Map(found.flatMap(([name, id]) => (id === null ? [] : [[name, id]])));
}

import { z } from 'zod';
import type { RepositorySettings } from '../../../core/ports/repository-settings.ts';
import type { GithubClient } from '../client.ts';
import { applyEnvironment, readEnvironments } from './environments.ts';
import { applyLabel, readLabels } from './labels.ts';
import { readProtections } from './protection.ts';
import { applyRuleset, readInheritedRulesets, readRulesets } from './rulesets.ts';

const pullSchema = z.object({
  number: z.number(),
  title: z.string(),
  user: z.object({ login: z.string() }).nullable(),
  updated_at: z.string(),
  merged_at: z.string().nullish(),
});

/** The settings port over GitHub's REST API. */
export function settingsMethods(github: GithubClient): RepositorySettings {
  const idOf = async (route: string, parameters: Record<string, unknown>): Promise<number | null> =>
    (await github.find(route, parameters, z.object({ id: z.number() })))?.id ?? null;

  return {
    resolve: async ({ user, app }) => {
      // All teams: those that the settings do not name may stand in a bypass list.
      const teams = await github
        .list(
          'GET /orgs/{org}/teams',
          { org: github.owner },
          z.object({ id: z.number(), slug: z.string() }),
          { steady: true },
        )
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

    readAbove: async (directory, branch) => ({
      rulesets: await readInheritedRulesets(github, directory),
      protections: await readProtections(github, directory, branch),
    }),

    mergedSince: async (at) => {
      // In the order of their last change: whatever was merged since then was changed since then.
      const closed = await github.list(
        'GET /repos/{owner}/{repo}/pulls',
        { state: 'closed', sort: 'updated', direction: 'desc' },
        pullSchema,
        { enough: (page) => page.some((pull) => Date.parse(pull.updated_at) < at) },
      );
      return closed
        .map((pull) => ({
          number: pull.number,
          title: pull.title,
          by: pull.user?.login ?? 'ghost',
          at: Date.parse(pull.merged_at ?? ''),
        }))
        .filter((pull) => pull.at >= at)
        .toSorted((a, b) => b.at - a.at);
    },

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

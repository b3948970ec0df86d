import { z } from 'zod';
import type { GithubApi } from '../adapters/github/rest.ts';
import { InputError } from '../core/errors.ts';

const issuesSchema = z.array(
  z.object({
    number: z.int(),
    title: z.string(),
    state: z.string(),
    html_url: z.string(),
    body: z.string().nullish(),
    user: z.object({ type: z.string() }).nullish(),
    pull_request: z.unknown().optional(),
  }),
);
export type TrackingIssue = z.infer<typeof issuesSchema>[number];

/**
 * The issue `Release <tag>` with the label `release` that an App opened: anybody may open one of that title.
 *
 * @throws InputError `NO_RELEASE`
 */
export async function findTrackingIssue(
  api: GithubApi,
  repository: string,
  tag: string,
): Promise<TrackingIssue> {
  const answer = await api.get(`/repos/${repository}/issues?labels=release&state=all&per_page=100`);
  const issue = issuesSchema
    .parse(answer ?? [])
    .find(
      ({ title, pull_request, user }) =>
        title === `Release ${tag}` && pull_request === undefined && user?.type === 'Bot',
    );
  if (issue !== undefined) return issue;
  throw new InputError(
    'NO_RELEASE',
    `${repository} has no issue "Release ${tag}" that the Conductor opened`,
    'push the tag first, and look at the issues with the label `release`',
  );
}

import { z } from 'zod';
import type { GithubClient } from './client.ts';

export const labelsSchema = z.array(z.object({ name: z.string() })).default([]);
const pullSchema = z.object({ number: z.int(), labels: labelsSchema });

/** Pages of the pull requests that changed last: most of a release's are among them. */
const pages = 3;
const pageSize = 100;
/** Pull requests that are asked for one by one, at most. */
const singly = 50;

/** Labels of merged pull requests, with few requests. One that is not there is left out. */
export async function readLabels(
  github: GithubClient,
  pullRequests: readonly number[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const open = new Set(pullRequests);
  const found = new Map<number, readonly string[]>();
  const take = ({ number, labels }: z.infer<typeof pullSchema>): void => {
    if (open.delete(number))
      found.set(
        number,
        labels.map(({ name }) => name),
      );
  };
  for (let page = 1; page <= pages && open.size > 0; page++) {
    const listed = await github.get(
      'GET /repos/{owner}/{repo}/pulls',
      { state: 'closed', sort: 'updated', direction: 'desc', per_page: pageSize, page },
      pullSchema.array(),
    );
    listed.forEach(take);
    if (listed.length < pageSize) return found;
  }
  for (const number of [...open].slice(0, singly)) {
    const pull = await github.find(
      'GET /repos/{owner}/{repo}/pulls/{pull_number}',
      { pull_number: number },
      pullSchema,
    );
    if (pull !== null) take(pull);
  }
  return found;
}

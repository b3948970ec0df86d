import { z } from 'zod';
import type { ReadPublishedAttestations } from '../../core/ports/attestations.ts';
import { type GithubPage, type GithubReader, githubReader, readGithubPage, Unread } from './github-reader.ts';

const pageSize = 100;
const maxPages = 10;

/** Made when it is needed: most runs ask nothing. */
const pageSchema = () => z.object({ attestations: z.array(z.object({ bundle: z.unknown() })) });

type Page = z.infer<ReturnType<typeof pageSchema>>;

/**
 * The bundles that GitHub keeps of an artifact (docs.github.com/rest/repos/attestations, "List attestations"; a token of
 * a private repository needs `attestations: read`). An artifact that GitHub knows nothing of is answered with 404.
 */
export function githubAttestations(
  token: string,
  env: Readonly<Record<string, string | undefined>>,
  inner: typeof fetch = fetch,
): ReadPublishedAttestations {
  const github = githubReader(token, env, inner);
  return async (repository, digest) => {
    try {
      return { state: 'read', documents: await readBundles(github, repository, digest) };
    } catch (error) {
      if (!(error instanceof Unread)) throw error;
      if (error.status === 404) return { state: 'read', documents: [] };
      return { state: 'unread', reason: error.message };
    }
  };
}

async function readBundles(github: GithubReader, repository: string, digest: string): Promise<unknown[]> {
  const bundles: unknown[] = [];
  let path: string | null = `/repos/${repository}/attestations/${digest}?per_page=${pageSize}`;
  for (let page = 0; path !== null; page++) {
    if (page === maxPages)
      throw new Unread(`GitHub keeps more than ${maxPages * pageSize} attestations of ${digest}`);
    const answer: GithubPage<Page> = await readGithubPage(github, path, pageSchema());
    bundles.push(...answer.value.attestations.map(({ bundle }) => bundle));
    path = answer.next;
  }
  if (bundles.length > 0 && bundles.every((bundle) => bundle === null || bundle === undefined))
    throw new Unread(`GitHub names the attestations of ${digest} but does not show their bundles`);
  return bundles.filter((bundle) => bundle !== null && bundle !== undefined);
}

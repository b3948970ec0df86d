import { ProviderError } from '../../core/errors.ts';
import type { S3 } from './client.ts';

/** Names and sizes of all content of the bucket, under the prefix of the store and without it. */
export async function* listNames(s3: S3, prefix: string): AsyncGenerator<{ name: string; size: number }> {
  let token: string | null = null;
  do {
    const page: Page = await readPage(s3, prefix, token);
    for (const { key, size } of page.contents) {
      const name = key.slice(prefix.length);
      if (key.startsWith(prefix) && /^[0-9a-f]{64}$/.test(name)) yield { name, size };
    }
    token = page.next;
  } while (token !== null);
}

interface Page {
  readonly contents: readonly { readonly key: string; readonly size: number }[];
  readonly next: string | null;
}

async function readPage(s3: S3, prefix: string, token: string | null): Promise<Page> {
  const query = { 'list-type': '2', prefix, ...(token !== null && { 'continuation-token': token }) };
  const answer = await s3({ method: 'GET', name: null, query });
  const xml = answer === null ? '' : await answer.text();
  if (!xml.includes('<ListBucketResult')) {
    throw new ProviderError(
      'EVIDENCE_STORE_FAILED',
      'The bucket of evidence did not answer with a list of its content',
      'Look at the bucket that EVIDENCE_STORE names; listing it needs s3:ListBucket.',
      { retryable: true },
    );
  }
  return parsePage(xml);
}

/** A page of ListObjectsV2. Keys of ours are hex digits behind a prefix: nothing in them is escaped. */
export function parsePage(xml: string): Page {
  const contents = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, content = '']) => ({
    key: textOf(content, 'Key') ?? '',
    size: Number(textOf(content, 'Size') ?? Number.NaN),
  }));
  const isCut = textOf(xml, 'IsTruncated') === 'true';
  return { contents, next: isCut ? textOf(xml, 'NextContinuationToken') : null };
}

function textOf(xml: string, member: string): string | null {
  return new RegExp(`<${member}>([^<]*)</${member}>`).exec(xml)?.[1] ?? null;
}

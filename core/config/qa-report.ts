import { parse } from 'yaml';
import { z } from 'zod';

const frontMatter = z.object({ status: z.string() });

/** The `status` in the front matter of a QA report; null when it has none that can be read. */
export function qaStatus(text: string): string | null {
  const block = /^---\r?\n([\s\S]{0,20000}?)\r?\n---(?:\r?\n|$)/.exec(text)?.[1];
  if (block === undefined) return null;
  try {
    const parsed = frontMatter.safeParse(parse(block, { maxAliasCount: 0 }));
    return parsed.success ? parsed.data.status : null;
  } catch {
    return null;
  }
}

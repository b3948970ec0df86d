import { z } from 'zod';

/** More than any preview costs in a day, US dollars: such an answer is a mistake. */
const mostDollars = 1_000_000;
/** A figure is short; what is longer is something else. */
const mostBytes = 10_000;

const billSchema = z.object({ spent_today_usd: z.number().nonnegative().max(mostDollars) });

/**
 * What the cost endpoint says that an environment has cost today, US dollars. Whatever else it answers, and a silence
 * of `patience` ms, is no figure: `unknown`.
 *
 * @param fetch refuses addresses that a config must not make us call, and follows no redirect.
 */
export async function readBill(
  endpoint: string,
  asked: { readonly repository: string; readonly environment: string },
  fetch: typeof globalThis.fetch,
  patience = 10_000,
): Promise<number | 'unknown'> {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(patience) });
    if (answer.status === 200) return billSchema.parse(JSON.parse(await shortText(answer))).spent_today_usd;
    await answer.body?.cancel();
    return 'unknown';
  } catch {
    return 'unknown';
  }
}

async function shortText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > mostBytes) throw new RangeError('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

import { ProviderError } from '../../core/errors.ts';

/**
 * What a provider says. A connection that broke and a gateway that failed are worth a second question, so that nobody
 * is refused for them; an answer, whatever it says, is not asked for again.
 */
export async function askAgain<Value>(ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    if (isUnanswered(error)) return ask();
    throw error;
  }
}

/**
 * What a provider says, asked again as above; null when it does not say, and null is never a permission. A provider that
 * asks for patience has not said no: what it asks for is thrown, so that whoever asked comes again when it is over.
 */
export async function unlessItFails<Value>(ask: () => Promise<Value>): Promise<Value | null> {
  try {
    return await askAgain(ask);
  } catch (error) {
    if (asksForPatience(error)) throw error;
    return null;
  }
}

/** A limit that is over at a known time. */
export function asksForPatience(error: unknown): boolean {
  return error instanceof ProviderError && error.retryAt !== undefined;
}

/** What a gateway says for a server that did not (RFC 9110, 15.6.3 to 15.6.5). */
const gatewayFailures: ReadonlySet<number | undefined> = new Set([502, 503, 504]);

function isUnanswered(error: unknown): boolean {
  if (!(error instanceof ProviderError) || !error.retryable || asksForPatience(error)) return false;
  const cause = error.cause as { answered?: boolean; status?: number } | undefined;
  return cause?.answered === false || gatewayFailures.has(cause?.status);
}

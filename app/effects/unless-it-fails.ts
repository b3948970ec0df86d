import { ProviderError } from '../../core/errors.ts';

/**
 * What a provider says; null when it does not, and null is never a permission. A connection that broke and a gateway
 * that failed are worth a second question, so that nobody is refused for them; an answer, whatever it says, is not asked
 * for again.
 */
export async function unlessItFails<Value>(ask: () => Promise<Value>): Promise<Value | null> {
  try {
    return await ask();
  } catch (error) {
    return isUnanswered(error) ? ask().catch(() => null) : null;
  }
}

/** What a gateway says for a server that did not (RFC 9110, 15.6.3 to 15.6.5). */
const gatewayFailures: ReadonlySet<number | undefined> = new Set([502, 503, 504]);

function isUnanswered(error: unknown): boolean {
  if (!(error instanceof ProviderError) || !error.retryable || error.retryAt !== undefined) return false;
  const cause = error.cause as { answered?: boolean; status?: number } | undefined;
  return cause?.answered === false || gatewayFailures.has(cause?.status);
}

import { ProviderError } from './errors.ts';

/**
 * What a provider says to a question that changes nothing. A connection that broke and a gateway that failed are worth a
 * second one at once, so that nobody is refused for them; an answer, whatever it says, is not asked for again.
 *
 * @param translate an error of the provider's client into ours.
 */
export async function askAgain<Value>(
  ask: () => Promise<Value>,
  translate: (error: unknown) => unknown = (error) => error,
): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    if (isUnanswered(translate(error))) return ask();
    throw error;
  }
}

/** What a gateway says for a server that did not (RFC 9110, 15.6.3 to 15.6.5). */
const gatewayFailures: ReadonlySet<number | undefined> = new Set([502, 503, 504]);

/** Adapters tell by the cause of their error which it was. */
function isUnanswered(error: unknown): boolean {
  if (!(error instanceof ProviderError) || !error.retryable || error.retryAt !== undefined) return false;
  const cause = error.cause as { readonly answered?: boolean; readonly status?: number } | undefined;
  return cause?.answered === false || gatewayFailures.has(cause?.status);
}

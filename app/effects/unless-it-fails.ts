import { ProviderError } from '../../core/errors.ts';

/**
 * What a provider says; null when it does not, and null is never a permission. A connection that broke is worth a second
 * question, so that nobody is refused for it; an answer, whatever it says, is not asked for again.
 */
export async function unlessItFails<Value>(ask: () => Promise<Value>): Promise<Value | null> {
  try {
    return await ask();
  } catch (error) {
    return isUnanswered(error) ? ask().catch(() => null) : null;
  }
}

function isUnanswered(error: unknown): boolean {
  return (
    error instanceof ProviderError && (error.cause as { answered?: unknown } | undefined)?.answered === false
  );
}

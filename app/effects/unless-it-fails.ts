import { ProviderError } from '../../core/errors.ts';

/**
 * What a provider says; null when it does not, and null is never a permission. A provider that asks for patience has
 * not said no: what it asks for is thrown, so that whoever asked comes again when it is over.
 */
export async function unlessItFails<Value>(ask: () => Promise<Value>): Promise<Value | null> {
  try {
    return await ask();
  } catch (error) {
    if (asksForPatience(error)) throw error;
    return null;
  }
}

/** A limit that is over at a known time. */
export function asksForPatience(error: unknown): boolean {
  return error instanceof ProviderError && error.retryAt !== undefined;
}

import { describe, expect, it } from 'vitest';
import { unlessItFails } from '../../app/effects/unless-it-fails.ts';
import { askAgain } from '../../core/ask-again.ts';
import { PermissionError, ProviderError } from '../../core/errors.ts';

const down = (cause: object, retryAt?: number): ProviderError =>
  new ProviderError('GITHUB_UNAVAILABLE', 'no', 'Wait.', { retryable: true, cause, retryAt });

/** Fails so often, with this, and then knows. */
function provider(error: Error, times: number) {
  const asked = { count: 0 };
  return {
    asked,
    ask: async (): Promise<string> => {
      asked.count += 1;
      if (asked.count <= times) throw error;
      return 'known';
    },
  };
}

const unanswered: readonly [string, Error][] = [
  ['a broken connection', down({ status: 500, answered: false })],
  ['a gateway without its server', down({ status: 502, answered: true })],
  ['a server that is busy', down({ status: 503 })],
  ['a gateway that waited in vain', down({ status: 504 })],
];
const limited = down({ status: 403, answered: true }, 1_000);

describe('what a provider says', () => {
  it.each(unanswered)('is asked for again after %s, once', async (_name, error) => {
    expect(await askAgain(provider(error, 1).ask)).toBe('known');
    const twice = provider(error, 2);
    await expect(askAgain(twice.ask)).rejects.toBe(error);
    expect(twice.asked.count).toBe(2);
  });

  it.each<[string, Error]>([
    ['a failure that was answered', down({ status: 500, answered: true })],
    ['a limit that is over at a known time', limited],
    ['a refusal', new PermissionError('GITHUB_FORBIDDEN', 'no', 'Ask.')],
    ['a defect', new TypeError('x is undefined')],
  ])('is not asked for again after %s', async (_name, error) => {
    const once = provider(error, 1);
    await expect(askAgain(once.ask)).rejects.toBe(error);
    expect(once.asked.count).toBe(1);
  });

  it('is null when it does not say it, but for a limit: that is no refusal, and is waited for', async () => {
    expect(await unlessItFails(provider(down({ status: 500, answered: true }), 1).ask)).toBeNull();
    await expect(unlessItFails(provider(limited, 1).ask)).rejects.toBe(limited);
  });
});

import { ConductorError, ConfigError, ProviderError } from '../../core/errors.ts';
import type { EffectContext } from './performer.ts';

/** A target that does not answer within this is asked again later, ms. */
const patience = 10_000;

/**
 * Posts JSON to an address that is a secret: it comes from the environment (`NOTIFY_<NAME>_URL`) and stands in no
 * error. A simulation calls nobody and answers 202. `key` tells the target a repetition. Answers with the status, of which 429 and 5xx are tried again instead.
 *
 * @throws ConfigError `NOTIFY_NOT_CONFIGURED`; ProviderError, retryable.
 */
export async function callTarget(
  name: string,
  key: string,
  { fetch, notifyUrl, simulate }: Pick<EffectContext, 'fetch' | 'notifyUrl' | 'simulate'>,
  body: unknown,
): Promise<number> {
  const url = notifyUrl?.(name);
  if (url === undefined || fetch === undefined) throw notConfigured(name);
  if (simulate === true) return 202;
  const status = await post(url, key, fetch, body);
  if (status !== 429 && status < 500) return status;
  throw new ProviderError(
    'NOTIFY_REFUSED',
    `The target ${name} answered ${status}`,
    'Wait, or check the address in the environment of the Conductor.',
    { retryable: true },
  );
}

async function post(
  url: string,
  key: string,
  fetch: typeof globalThis.fetch,
  body: unknown,
): Promise<number> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch (error) {
    if (error instanceof ConductorError) throw error;
    throw new ProviderError('NOTIFY_FAILED', 'The target of a call did not answer', 'Wait.', {
      retryable: true,
    });
  }
}

function notConfigured(name: string): ConfigError {
  return new ConfigError(
    'NOTIFY_NOT_CONFIGURED',
    `There is no address for the target ${name}`,
    `Set ${notifyVariable(name)} in the environment of the Conductor.`,
  );
}

/** The variable that holds the address of a target: `exec-team` → `NOTIFY_EXEC_TEAM_URL`. */
export function notifyVariable(name: string): string {
  return `NOTIFY_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_URL`;
}

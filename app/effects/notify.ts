import { ConductorError, ConfigError, ProviderError } from '../../core/errors.ts';
import type { Effect } from '../../core/flow/effect.ts';
import type { EffectContext, Performer } from './performer.ts';

/** A target that does not answer within this is asked again later, ms. */
const patience = 10_000;

/**
 * Calls a webhook or a Slack-compatible address. The address is a secret: it comes from the environment and stands in
 * no error. What the target answers with 429 or 5xx is tried again by the outbox; the key tells it a repetition.
 */
export const notify: Performer<'notify'> = async (effect, context) => {
  const { kind, name } = effect.target;
  const url = context.notifyUrl?.(name);
  if (url === undefined || context.fetch === undefined) throw notConfigured(name);
  const status = await post(url, bodyOf(effect, context), context);
  if (status >= 200 && status < 300) return { settled: { status } };
  throw new ProviderError(
    'NOTIFY_REFUSED',
    `The ${kind} ${name} answered ${status}`,
    'Check the address in the environment of the Conductor.',
    { retryable: status === 429 || status >= 500 },
  );
};

async function post(url: string, body: unknown, { fetch, key }: EffectContext): Promise<number> {
  try {
    const answer = await (fetch as typeof globalThis.fetch)(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch (error) {
    if (error instanceof ConductorError) throw error;
    throw new ProviderError('NOTIFY_FAILED', 'The target of a notification did not answer', 'Wait.', {
      retryable: true,
    });
  }
}

function bodyOf(
  { target, event, text, release }: Extract<Effect, { kind: 'notify' }>,
  context: EffectContext,
) {
  if (target.kind === 'slack') return { text };
  return {
    schema_version: 1,
    event,
    release,
    repository: context.aggregate.repository,
    text,
    key: context.key,
  };
}

function notConfigured(name: string): ConfigError {
  return new ConfigError(
    'NOTIFY_NOT_CONFIGURED',
    `There is no address for the notification target ${name}`,
    `Set ${notifyVariable(name)} in the environment of the Conductor.`,
  );
}

/** The variable that holds the address of a target: `exec-team` → `NOTIFY_EXEC_TEAM_URL`. */
export function notifyVariable(name: string): string {
  return `NOTIFY_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_URL`;
}

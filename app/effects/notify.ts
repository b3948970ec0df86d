import { ProviderError } from '../../core/errors.ts';
import type { Effect } from '../../core/flow/effect.ts';
import { callTarget } from './call-target.ts';
import type { EffectContext, Performer } from './performer.ts';

/** Calls a webhook or a Slack-compatible address, again and again until it answers. */
export const notify: Performer<'notify'> = async (effect, context) => {
  const { kind, name } = effect.target;
  const status = await callTarget(name, context.key, context, bodyOf(effect, context));
  if (status >= 200 && status < 300) return { settled: { status } };
  throw new ProviderError(
    'NOTIFY_REFUSED',
    `The ${kind} ${name} answered ${status}`,
    'Check the address in the environment of the Conductor.',
    { retryable: false },
  );
};

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

import type { FlagsConfig } from '../../../core/config/flags.ts';
import { ConductorError, ProviderError } from '../../../core/errors.ts';
import type { FlagSetting, FlagsSet } from '../../../core/flags/model.ts';
import type { Performed } from '../../flow/outbox.ts';
import type { EffectContext, Performer } from '../performer.ts';
import { flagdFile } from './flagd-file.ts';
import type { FlagProvider, SetFlags } from './provider.ts';
import { notShown } from './read-back.ts';
import { webhookFlags } from './webhook.ts';

/** What is there before anything is changed: it can be given back. */
export const readFlags: Performer<'readFlags'> = async ({ flags, config }, context) => {
  const provider = providerOf(config, context);
  const settings: Record<string, FlagSetting> = {};
  for (const flag of flags) settings[flag] = await provider.read(flag);
  return { settled: { settings } };
};

/**
 * Writes what is not so yet, and looks until every flag shows it. What has not shown itself at the deadline has failed:
 * the release machine undoes the rest.
 */
export const setFlags: Performer<'setFlags'> = async (effect, context) => {
  const provider = providerOf(effect.config, context);
  try {
    const { reference, failed, pending } = await provider.write(effect);
    if (failed.length > 0) return done(effect, failed, reference);
    if (pending !== null) throw notYet(pending, effect, context);
    const wrong = await notShown(effect.changes, effect.config, context);
    if (wrong.length === 0) return done(effect, [], reference);
    const text = wrong.map(({ flag, reason }) => `${flag}: ${reason}`).join('; ');
    if (context.now() < effect.deadline) throw notYet(text, effect, context);
    return done(effect, wrong, reference);
  } catch (error) {
    if (!(error instanceof ConductorError) || context.now() < effect.deadline) throw error;
    await provider.giveUp(effect);
    return done(
      effect,
      effect.changes.map(({ flag }) => ({ flag, reason: `${error.code}: ${error.message}` })),
      null,
    );
  }
};

function providerOf(config: FlagsConfig, context: EffectContext): FlagProvider {
  switch (config.provider.kind) {
    case 'flagd':
      return flagdFile(config.provider, config, context);
    case 'webhook':
      return webhookFlags(config.provider.name, config, context);
  }
}

function done({ changes }: SetFlags, failed: FlagsSet['failed'], reference: string | null): Performed {
  const applied = changes
    .map(({ flag }) => flag)
    .filter((flag) => !failed.some((failure) => failure.flag === flag));
  const outcome: FlagsSet = { applied, failed, reference };
  return { settled: { ...outcome } };
}

function notYet(what: string, { config }: SetFlags, { now }: EffectContext): ProviderError {
  return new ProviderError('FLAGS_NOT_YET', `A flip does not show itself yet: ${what}`, 'Wait.', {
    retryable: true,
    retryAt: now() + config.interval,
  });
}

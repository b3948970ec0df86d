import type { FlagsConfig } from '../../../core/config/flags.ts';
import { InputError } from '../../../core/errors.ts';
import { type FlagChange, shareOf } from '../../../core/flags/model.ts';
import { fewSamples, shareShown } from '../../../core/flags/read-back.ts';
import { callTarget } from '../call-target.ts';
import type { EffectContext } from '../performer.ts';
import type { FlagProvider, SetFlags, Written } from './provider.ts';
import { countOn, notShown } from './read-back.ts';

/**
 * Any other provider: it is asked to flip by a call for each flag, and read by the OpenFeature Remote Evaluation API.
 * Flags change one after the other, so a change can end half way; the first refusal ends it.
 */
export function webhookFlags(name: string, config: FlagsConfig, context: EffectContext): FlagProvider {
  return {
    read: async (flag) => {
      const on = await countOn(flag, fewSamples, config, context);
      if (on === null) {
        throw new InputError('FLAG_UNKNOWN', `the provider knows no flag ${flag}`, 'Add it there.');
      }
      return { definition: null, share: shareShown(on, fewSamples), killed: null };
    },

    write: async (change): Promise<Written> => {
      for (const one of change.changes) {
        const reason = await flip(name, one, change, config, context);
        if (reason !== null) return { reference: null, failed: [{ flag: one.flag, reason }], pending: null };
      }
      return { reference: null, failed: [], pending: null };
    },

    giveUp: async () => undefined,
  };
}

/**
 * Null when the provider took it, else why not. The key tells it a repetition; off and on for everybody that show
 * already are not asked for again, shares are: a few evaluations cannot tell them apart.
 */
async function flip(
  name: string,
  change: FlagChange,
  { purpose, release, by, reason }: SetFlags,
  config: FlagsConfig,
  context: EffectContext,
): Promise<string | null> {
  const percent = shareOf(change.to);
  if (percent === null) return 'its former state is not known: set it by hand';
  const exact = percent === 0 || percent === 100;
  if (exact && (await notShown([change], config, context)).length === 0) return null;
  const status = await callTarget(name, `${context.key}/${change.flag}`, context, {
    schema_version: 1,
    event: 'flag',
    flag: change.flag,
    enabled: percent > 0,
    percent,
    variant: percent > 0 ? config.on : config.off,
    purpose,
    release,
    repository: context.aggregate.repository,
    by,
    reason,
    key: `${context.key}/${change.flag}`,
  });
  return status >= 200 && status < 300 ? null : `the provider answered ${status}`;
}

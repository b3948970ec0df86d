import { evaluateFlag } from '../../../adapters/ofrep/index.ts';
import type { FlagsConfig } from '../../../core/config/flags.ts';
import type { FlagChange } from '../../../core/flags/model.ts';
import { shareOf } from '../../../core/flags/model.ts';
import { agrees, samplesFor } from '../../../core/flags/read-back.ts';
import type { EffectContext } from '../performer.ts';
import { unwired } from './unwired.ts';

/** Evaluations at a time. */
const atOnce = 8;

/** The flags that do not show what was set, each with what it shows. Without `confirm`, and in a simulation, nothing is looked at. */
export async function notShown(
  changes: readonly FlagChange[],
  config: FlagsConfig,
  context: EffectContext,
): Promise<readonly { readonly flag: string; readonly reason: string }[]> {
  if (config.confirm === undefined || context.simulate === true) return [];
  const wrong: { readonly flag: string; readonly reason: string }[] = [];
  for (const { flag, to } of changes) {
    const percent = shareOf(to);
    if (percent === null) continue;
    const samples = samplesFor(percent, config.confirm.samples);
    const on = await countOn(flag, samples, config, context);
    if (on === null) wrong.push({ flag, reason: 'the provider does not know it' });
    else if (!agrees(on, samples, percent)) {
      wrong.push({ flag, reason: `${on} of ${samples} evaluations give it, expected ${percent} %` });
    }
  }
  return wrong;
}

/** How many of so many users get the flag; null: the provider does not know it. */
export async function countOn(
  flag: string,
  samples: number,
  { confirm, on }: FlagsConfig,
  { fetch }: EffectContext,
): Promise<number | null> {
  if (confirm === undefined || fetch === undefined) throw unwired();
  let count = 0;
  for (let from = 0; from < samples; from += atOnce) {
    const users = Array.from({ length: Math.min(atOnce, samples - from) }, (_, index) => from + index);
    const answers = await Promise.all(
      users.map((user) =>
        evaluateFlag({ url: confirm.url, fetch }, flag, {
          ...confirm.context,
          targetingKey: `release-conductor-${user}`,
        }),
      ),
    );
    for (const answer of answers) {
      if (answer === null) return null;
      if (answer.variant === null ? answer.value === true : answer.variant === on) count++;
    }
  }
  return count;
}

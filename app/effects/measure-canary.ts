import { readAggregate } from '../../adapters/postgres/index.ts';
import { readArms } from '../../core/canary/read-arms.ts';
import { readHistory } from '../../core/canary/read-history.ts';
import type { ReleaseConfig } from '../../core/config/schema.ts';
import { ConductorError } from '../../core/errors.ts';
import type { CanaryReading } from '../../core/ports/metrics.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import type { IntervalCounts } from '../../core/stats/cluster-history.ts';
import type { EffectContext, Performer } from './performer.ts';

/**
 * Reads both arms once. A reading that fails is an answer too — the judge counts it as no data — so it is not
 * tried again here: the next tick is the next try.
 */
export const measureCanary: Performer<'measureCanary'> = async (effect, context) => {
  const { step, tick } = effect;
  const { reading, problem } = await read(effect, context);
  const history = effect.history === undefined ? null : await readBefore(effect, effect.history, context);
  const event = { type: 'canary.measured', step, tick, reading, problem } as const;
  return { event: history === null ? event : { ...event, history } };
};

/** What the baseline was before helps the judge, and is not needed: what cannot be read is not known. */
async function readBefore(
  { environment, baseline }: Parameters<typeof measureCanary>[0],
  interval: number,
  context: EffectContext,
): Promise<readonly IntervalCounts[] | null> {
  const metrics = (await planOf(context))?.metrics;
  if (metrics === undefined) return null;
  const source = context.metricsSource(metrics.kind, metrics.url);
  const request = { metrics, environment, version: baseline, to: context.now(), interval };
  return readHistory(source, request).catch((error: unknown) => {
    if (error instanceof ConductorError) return null;
    throw error;
  });
}

async function read(
  effect: Parameters<typeof measureCanary>[0],
  context: EffectContext,
): Promise<{ reading: CanaryReading | null; problem: string | null }> {
  const metrics = (await planOf(context))?.metrics;
  if (metrics === undefined) return { reading: null, problem: 'the release has no plan' };
  try {
    const source = context.metricsSource(metrics.kind, metrics.url);
    const { environment, canary, baseline } = effect;
    const reading = await readArms(source, { metrics, environment, canary, baseline, at: context.now() });
    return { reading, problem: null };
  } catch (error) {
    if (error instanceof ConductorError) return { reading: null, problem: `${error.code}: ${error.message}` };
    throw error;
  }
}

async function planOf({ database, aggregate }: EffectContext): Promise<ReleaseConfig | undefined> {
  const stored = await readAggregate(database, aggregate);
  return (stored?.state as ReleaseState | undefined)?.plan?.config;
}

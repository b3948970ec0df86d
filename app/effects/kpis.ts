import { listAggregates } from '../../adapters/postgres/index.ts';
import type { Kpi } from '../../core/config/kpis.ts';
import { ConductorError, ProviderError } from '../../core/errors.ts';
import { readKpi } from '../../core/kpi/queries.ts';
import type { KpiReading } from '../../core/kpi/reading.ts';
import type { Window } from '../../core/kpi/windows.ts';
import type { ReleaseState } from '../../core/release/state.ts';
import type { EffectContext, Performer } from './performer.ts';

/**
 * Reads every figure in every window. While its provider does not answer, the reading is tried again until
 * `giveUpAt`; then, and for everything that no repetition mends, the reason stands in the reading.
 */
export const measureKpis: Performer<'measureKpis'> = async (effect, context) => {
  const { windows, kpis, giveUpAt } = effect;
  const readings: KpiReading[] = [];
  for (const kpi of kpis) readings.push(await readOne(kpi, effect, context, giveUpAt));
  const others = await reachedProduction(windows.after, context);
  return { event: { type: 'kpis.measured', readings, others } };
};

/** `publishRelease` of the port writes the body and leaves a published release published. */
export const editReleaseNotes: Performer<'editReleaseNotes'> = async ({ releaseId, body }, { forge }) => ({
  settled: { url: (await forge.publishRelease(releaseId, body)).url },
});

async function readOne(
  kpi: Kpi,
  { windows, source }: Parameters<typeof measureKpis>[0],
  context: EffectContext,
  giveUpAt: number,
): Promise<KpiReading> {
  try {
    return await readKpi(context.metricsSource(source.kind, source.url), kpi, windows);
  } catch (error) {
    if (!(error instanceof ConductorError)) throw error;
    if (error instanceof ProviderError && error.retryable && context.now() < giveUpAt) throw error;
    return { name: kpi.name, after: [], before: [], problem: `${error.code}: ${error.message}` };
  }
}

/** Other releases of the service whose traffic grew within the window. */
async function reachedProduction(
  { from, to }: Window,
  { database, aggregate }: EffectContext,
): Promise<readonly string[]> {
  const serviceOf = (state: unknown): string | undefined => (state as ReleaseState).plan?.service;
  const [own] = await listAggregates(database, { ...aggregate });
  const releases = await listAggregates(database, { kind: 'release', repository: aggregate.repository });
  return releases
    .filter(({ ref, state }) => {
      const { promotedAt } = state as ReleaseState;
      const ours = serviceOf(state) === serviceOf(own?.state ?? {});
      return ours && ref.key !== aggregate.key && promotedAt !== null && from < promotedAt && promotedAt < to;
    })
    .map(({ ref }) => ref.key);
}

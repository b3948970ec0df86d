import { addBaseline, addSplit, clusterOf, type Dispersion, knownCluster } from '../stats/dispersion.ts';
import { addValue } from '../stats/mean-test.ts';
import { multiplyRate } from '../stats/rate-test.ts';
import { multiplyRatio, type RatioTest, ratioInformation } from '../stats/ratio-test.ts';
import type { ArmDelta } from './counters.ts';
import type { ComparedSetting, JudgeSettings } from './settings.ts';
import type { ArmTotals, EvidenceState } from './state.ts';
import { tailEdge } from './tail.ts';
import { takeRate, takeSplit } from './take-counts.ts';
import { judgeTests } from './tests.ts';

/** What one tick says, in the terms of the tests. */
interface TickView {
  readonly canary: ArmDelta;
  readonly baseline: ArmDelta;
  /** The canary's share of the tick's requests; null when the arms cannot be compared. */
  readonly share: number | null;
  /** Cluster size of errors, from earlier ticks: what harm is judged with, and what is known. */
  readonly cluster: number;
  readonly known: number;
}

/** Takes one tick's requests into every test that they concern. */
export function addEvidence(
  state: EvidenceState,
  canary: ArmDelta,
  baseline: ArmDelta,
  settings: JudgeSettings,
): EvidenceState {
  const view = viewOf(state, canary, baseline, settings);
  const { limit, schedule } = judgeTests(settings);
  const baselineErrors = { events: baseline.errors, requests: baseline.requests };
  return {
    ...addHarmOnly(state, canary, baseline, settings),
    baselineHarm: state.baselineExpected
      ? takeRate(state.baselineHarm, limit, { ...baselineErrors, cluster: view.cluster }, schedule)
      : state.baselineHarm,
    health: addHealth(state, view, settings),
    ...addGauges(state, view, settings),
  };
}

/** The part of it that can roll back: what the study plays millions of times. */
export function addHarmOnly(
  state: EvidenceState,
  canary: ArmDelta,
  baseline: ArmDelta,
  settings: JudgeSettings,
): EvidenceState {
  const view = viewOf(state, canary, baseline, settings);
  return {
    ...(state.measuresSlow === undefined ? lookForSlow(state, canary, baseline, settings) : state),
    harm: addHarm(state, view, settings),
    dispersion: addErrors(state.dispersion, view),
    totals: {
      canary: addTotals(state.totals.canary, canary),
      baseline: addTotals(state.totals.baseline, baseline),
    },
  };
}

/** The first requests of a release tell whether slow ones are measured: from then on the weights are fixed. */
function lookForSlow(
  state: EvidenceState,
  canary: ArmDelta,
  baseline: ArmDelta,
  { method }: JudgeSettings,
): EvidenceState {
  if (method === undefined || canary.requests === 0) return state;
  const isKnown = ({ requests, slow }: ArmDelta): boolean =>
    requests === 0 || slow.some((count) => count !== null);
  return { ...state, measuresSlow: isKnown(canary) && isKnown(baseline) };
}

function viewOf(
  state: EvidenceState,
  canary: ArmDelta,
  baseline: ArmDelta,
  settings: JudgeSettings,
): TickView {
  const comparable = state.baselineExpected && canary.requests > 0 && baseline.requests > 0;
  const share = comparable ? canary.requests / (canary.requests + baseline.requests) : null;
  const { cluster: declared, method } = settings;
  const trusts = method !== undefined;
  const cluster = clusterOf(state.dispersion, declared, trusts);
  const known = knownCluster(state.dispersion, declared, trusts);
  return { canary, baseline, share, cluster, known };
}

/** What this tick says about how errors come, for the ticks that follow. */
function addErrors(dispersion: Dispersion, { canary, baseline, share }: TickView): Dispersion {
  if (share === null) return dispersion;
  const split = addSplit(dispersion, canary.errors, baseline.errors, share);
  return addBaseline(split, { requests: baseline.requests, events: baseline.errors });
}

function addHarm(state: EvidenceState, view: TickView, settings: JudgeSettings): EvidenceState['harm'] {
  const { harm } = state;
  const { canary, baseline, share, cluster } = view;
  const { ratio, limit, tail, schedule } = judgeTests(settings);
  const edge = tailEdge(state, settings);
  const inTail = edge === null ? null : (canary.slow[edge] ?? null);
  const { requests } = canary;
  const errors = { canary: canary.errors, baseline: baseline.errors, share, cluster };
  return {
    errors: takeSplit(harm.errors, ratio, errors, schedule),
    slow: harm.slow.map((process, i) => {
      const slow = { canary: canary.slow[i] ?? null, baseline: baseline.slow[i] ?? null, share, cluster: 1 };
      return takeSplit(process, ratio, slow, schedule);
    }),
    absolute: takeRate(harm.absolute, limit, { events: canary.errors, requests, cluster }, schedule),
    tail:
      inTail === null
        ? harm.tail
        : takeRate(harm.tail, tail, { events: inTail, requests, cluster: 1 }, schedule),
    ...addCompared(harm, view, settings),
  };
}

/** Further counts, each compared by itself. */
function addCompared(
  { compared }: EvidenceState['harm'],
  { canary, baseline, share }: TickView,
  settings: JudgeSettings,
): Pick<EvidenceState['harm'], 'compared'> {
  if (compared === undefined) return {};
  const { compared: tests, schedule } = judgeTests(settings);
  const places = placesOf(settings, 'events');
  const added = compared.map((process, i) => {
    const at = places[i] as number;
    const [c, b] = [canary.compared?.[at] ?? null, baseline.compared?.[at] ?? null];
    const counts = { canary: c, baseline: b, share, cluster: 1 };
    return takeSplit(process, tests[i] as RatioTest, counts, schedule);
  });
  return { compared: added };
}

/** Differences of gauges beyond what is tolerated, or beyond their limit, upwards worse. */
function addGauges(
  { gauges }: EvidenceState,
  { canary, baseline, share }: TickView,
  settings: JudgeSettings,
): Pick<EvidenceState, 'gauges'> {
  if (gauges === undefined) return {};
  const { compared = [] } = settings;
  const places = placesOf(settings, 'gauge');
  return {
    gauges: gauges.map((test, i) => {
      const at = places[i] as number;
      const setting = compared[at] as ComparedSetting;
      const [c, b] = [canary.compared?.[at] ?? null, baseline.compared?.[at] ?? null];
      const excess =
        setting.limit === undefined
          ? differenceOf(setting, c, share === null ? null : b)
          : beyond(setting, c, b);
      return excess === null ? test : addValue(test, excess);
    }),
  };
}

function differenceOf(
  { worse, tolerated }: ComparedSetting,
  canary: number | null,
  baseline: number | null,
): number | null {
  if (canary === null || baseline === null) return null;
  return (worse === 'higher' ? canary - baseline : baseline - canary) - tolerated;
}

/** A moment at which the baseline is beyond the limit too says nothing about the canary: going back would not help. */
function beyond(
  { worse, limit = 0 }: ComparedSetting,
  canary: number | null,
  baseline: number | null,
): number | null {
  const excess = (value: number): number => (worse === 'higher' ? value - limit : limit - value);
  if (canary === null || (baseline !== null && excess(baseline) > 0)) return null;
  return excess(canary);
}

/** Where the figures of one kind stand among all of them. */
function placesOf({ compared = [] }: JudgeSettings, kind: ComparedSetting['kind']): readonly number[] {
  return compared.flatMap((setting, i) => (setting.kind === kind ? i : []));
}

function addHealth(state: EvidenceState, view: TickView, settings: JudgeSettings): EvidenceState['health'] {
  const { health } = state;
  const { canary, baseline, share, known: cluster } = view;
  const tests = judgeTests(settings);
  const belowLimit = health.belowLimit.slice();
  multiplyRate(belowLimit, tests.belowLimit, canary.errors, canary.requests, cluster);
  if (share === null) return { ...health, belowLimit };
  const belowRatio = health.belowRatio.slice();
  multiplyRatio(belowRatio, tests.belowRatio, canary.errors, baseline.errors, share, cluster);
  const events = (canary.errors + baseline.errors) / cluster;
  const nats = ratioInformation(tests.belowRatio.nullRatio, events, share);
  return { belowLimit, belowRatio, information: health.information + nats };
}

function addTotals(totals: ArmTotals, delta: ArmDelta): ArmTotals {
  return {
    requests: totals.requests + delta.requests,
    errors: totals.errors + delta.errors,
    slow: totals.slow.map((total, i) => total + (delta.slow[i] ?? 0)),
  };
}

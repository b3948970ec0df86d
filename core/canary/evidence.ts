import {
  addRateTick,
  addRatioTick,
  gridAbove,
  gridBelow,
  type RateTest,
  type RatioTest,
  rateTest,
  ratioInformation,
  ratioTest,
} from '../stats/e-process.ts';
import { advance, type RestartingProcess } from '../stats/restarting.ts';
import type { ArmDelta } from './deltas.ts';
import { gridSize, type JudgeSettings, largestRatio } from './settings.ts';
import type { JudgeState } from './state.ts';

/** The tests of one release, made once from its settings. */
export interface JudgeTests {
  /** H₀: canary/baseline ratio ≤ tolerated (CANARY method B, E). */
  readonly ratio: RatioTest;
  /** H₀: canary rate ≤ limit (method C). */
  readonly limit: RateTest;
  /** H₀: canary rate ≥ limit; its rejection is health (method H). */
  readonly belowLimit: RateTest;
  /** H₀: ratio ≥ `healthyRatio`; its rejection is health, when there are events enough (method H). */
  readonly belowRatio: RatioTest;
}

const cache = new WeakMap<JudgeSettings, JudgeTests>();

export function judgeTests(settings: JudgeSettings): JudgeTests {
  const cached = cache.get(settings);
  if (cached !== undefined) return cached;
  const limit = settings.maxErrorRate;
  const tolerated = settings.toleratedRatio;
  const healthyRatio = 2 * tolerated;
  const tests: JudgeTests = {
    ratio: ratioTest(tolerated, gridAbove(tolerated, Math.max(largestRatio, 2 * tolerated), gridSize)),
    limit: rateTest(limit, gridAbove(limit, (1 + limit) / 2, gridSize)),
    belowLimit: rateTest(limit, gridBelow(limit / 100, limit, gridSize)),
    belowRatio: ratioTest(healthyRatio, gridBelow(healthyRatio / 10, healthyRatio, gridSize)),
  };
  cache.set(settings, tests);
  return tests;
}

/** Takes one interval's requests into every test that they concern. */
export function addEvidence(
  state: JudgeState,
  canary: ArmDelta,
  baseline: ArmDelta,
  settings: JudgeSettings,
): Pick<JudgeState, 'harm' | 'baselineHarm' | 'health' | 'totals'> {
  const tests = judgeTests(settings);
  const share = canary.requests / (canary.requests + baseline.requests);
  const comparable = state.baselineExpected && canary.requests > 0 && baseline.requests > 0;
  const slow = canary.slow !== null && baseline.slow !== null ? [canary.slow, baseline.slow] : null;
  const errors = [canary.errors, baseline.errors] as const;
  return {
    harm: {
      errors: comparable ? addRatio(state.harm.errors, tests.ratio, errors, share) : state.harm.errors,
      slow:
        comparable && slow !== null
          ? addRatio(state.harm.slow, tests.ratio, slow as [number, number], share)
          : state.harm.slow,
      absolute: addRate(state.harm.absolute, tests.limit, canary),
    },
    baselineHarm: state.baselineExpected
      ? addRate(state.baselineHarm, tests.limit, baseline)
      : state.baselineHarm,
    health: addHealth(state, tests, canary, baseline, comparable ? share : null),
    totals: {
      canary: addTotals(state.totals.canary, canary),
      baseline: addTotals(state.totals.baseline, baseline),
    },
  };
}

function addRatio(
  process: RestartingProcess,
  test: RatioTest,
  [canaryEvents, baselineEvents]: readonly [number, number],
  share: number,
): RestartingProcess {
  if (canaryEvents + baselineEvents === 0) return process;
  return advance(process, (logs) => addRatioTick(logs, test, { canaryEvents, baselineEvents, share }));
}

function addRate(process: RestartingProcess, test: RateTest, delta: ArmDelta): RestartingProcess {
  if (delta.requests === 0) return process;
  const tick = { events: delta.errors, requests: delta.requests };
  return advance(process, (logs) => addRateTick(logs, test, tick));
}

function addHealth(
  state: JudgeState,
  tests: JudgeTests,
  canary: ArmDelta,
  baseline: ArmDelta,
  share: number | null,
): JudgeState['health'] {
  const belowLimit = [...state.health.belowLimit];
  addRateTick(belowLimit, tests.belowLimit, { events: canary.errors, requests: canary.requests });
  if (share === null) return { ...state.health, belowLimit };
  const belowRatio = [...state.health.belowRatio];
  const events = { canaryEvents: canary.errors, baselineEvents: baseline.errors, share };
  addRatioTick(belowRatio, tests.belowRatio, events);
  const nats = ratioInformation(tests.belowRatio.nullRatio, canary.errors + baseline.errors, share);
  return { belowLimit, belowRatio, information: state.health.information + nats };
}

function addTotals(totals: JudgeState['totals']['canary'], delta: ArmDelta): JudgeState['totals']['canary'] {
  return {
    requests: totals.requests + delta.requests,
    errors: totals.errors + delta.errors,
    slow: totals.slow + (delta.slow ?? 0),
  };
}

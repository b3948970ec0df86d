import { gridAbove, gridBelow, uniformPrior, zonedPrior } from '../stats/e-process.ts';
import { type RateTest, rateTest } from '../stats/rate-test.ts';
import { type RatioTest, ratioTest } from '../stats/ratio-test.ts';
import { type StakeSchedule, stakeSchedules } from '../stats/stake-schedule.ts';
import { type ComparedSetting, type JudgeSettings, tailShare } from './settings.ts';

/** The tests of one release, made once from its settings. */
export interface JudgeTests {
  /** How every process divides its capital over time. */
  readonly schedule: StakeSchedule;
  /** H₀: canary/baseline ratio ≤ tolerated (methods B and E). */
  readonly ratio: RatioTest;
  /** H₀: canary rate ≤ limit (method C). */
  readonly limit: RateTest;
  /** H₀: at most 5 % of the canary's requests are slower than a bound (p95 below it). */
  readonly tail: RateTest;
  /** H₀: canary rate ≥ limit; its rejection is health (method H). */
  readonly belowLimit: RateTest;
  /** H₀: ratio ≥ `healthyRatio`; its rejection is health, when there are events enough (method H). */
  readonly belowRatio: RatioTest;
  /** For each further count, H₀: the canary/baseline ratio is not worse than tolerated. */
  readonly compared: readonly RatioTest[];
}

/** Points of the comparing grid, and of the coarser ones against absolute limits. */
const fine = 40;
const coarse = 16;

const cache = new WeakMap<JudgeSettings, JudgeTests>();

export function judgeTests(settings: JudgeSettings): JudgeTests {
  const cached = cache.get(settings);
  if (cached !== undefined) return cached;
  const tests = makeTests(settings);
  cache.set(settings, tests);
  return tests;
}

function makeTests({
  method,
  toleratedRatio: tolerated,
  maxErrorRate: limit,
  compared = [],
}: JudgeSettings): JudgeTests {
  const even = uniformPrior(coarse);
  const above = (rate: number): RateTest =>
    rateTest(rate, gridAbove(rate, Math.min((1 + rate) / 2, 20 * rate), coarse), even);
  const healthyRatio = 2 * tolerated;
  return {
    schedule: method === undefined ? stakeSchedules.first : stakeSchedules.second,
    ratio: comparison(tolerated),
    limit: above(limit),
    tail: above(tailShare),
    belowLimit: rateTest(limit, gridBelow(limit / 100, limit, coarse), even),
    belowRatio: ratioTest(healthyRatio, gridBelow(healthyRatio / 10, healthyRatio, coarse), even),
    compared: compared.filter(({ kind }) => kind === 'events').map(comparedTest),
  };
}

/** Events that are worse when they are fewer (orders) are tested the other way round. */
function comparedTest({ worse, tolerated }: ComparedSetting): RatioTest {
  if (worse === 'higher') return comparison(tolerated);
  const least = 1 / tolerated;
  return ratioTest(least, gridBelow(least / 20, least / 1.5, coarse), uniformPrior(coarse));
}

/**
 * Alternatives from 1.5 to 20 times what is tolerated. Most of the capital is on those below 3.2, which take
 * the longest to see: a nat saved there is worth the most seconds. A fifth is on the largest one, where everything
 * that is worse still ends up. (Weights chosen in the study: `docs/canary.md`.)
 */
function comparison(tolerated: number): RatioTest {
  const grid = gridAbove(1.5 * tolerated, 20 * tolerated, fine);
  const beforeLast = grid[fine - 2] as number;
  const zones = [
    { to: 3.2 * tolerated, weight: 0.45 },
    { to: 9 * tolerated, weight: 0.32 },
    { to: beforeLast, weight: 0.03 },
    { to: Number.POSITIVE_INFINITY, weight: 0.2 },
  ];
  return ratioTest(tolerated, grid, zonedPrior(grid, zones));
}

import { describe, expect, it } from 'vitest';
import { judge } from '../../../core/canary/judge.ts';
import type { Observation } from '../../../core/canary/reader.ts';
import { type JudgeState, openJudge, openStep } from '../../../core/canary/state.ts';
import type { Judgement } from '../../../core/canary/verdict.ts';
import type { CanaryReading } from '../../../core/ports/metrics.ts';
import fc from '../../support/fast-check.ts';
import { arm, play, poisson, seeded, settings } from './simulate.ts';

const second = 1_000;

function reading(
  at: number,
  canary: [number, number, (number | null)?],
  baseline: [number, number, (number | null)?],
): Observation {
  const counts = ([requests, errors, slow = null]: [number, number, (number | null)?]) => ({
    requests,
    errors,
    slow,
  });
  return {
    at,
    reading: { at, canary: arm('v2', counts(canary)), baseline: arm('v1', counts(baseline)) },
    problem: null,
  };
}

function run(
  observations: readonly Observation[],
  state: JudgeState = openJudge(1, 0, true, settings),
): { readonly state: JudgeState; readonly all: readonly Judgement[]; readonly last: Judgement } {
  const all: Judgement[] = [];
  let current = state;
  for (const observation of observations) {
    const judged = judge(current, observation, settings);
    current = judged.state;
    all.push(judged);
  }
  return { state: current, all, last: all.at(-1) as Judgement };
}

/** `n` ticks of a steady stream: requests and errors a tick in each arm. */
function steady(
  n: number,
  canary: [number, number],
  baseline: [number, number],
  from = 1,
): readonly Observation[] {
  return Array.from({ length: n }, (_, i) => {
    const k = from + i;
    return reading(k * second, [canary[0] * k, canary[1] * k], [baseline[0] * k, baseline[1] * k]);
  });
}

describe('false rollbacks under the null', () => {
  const null05 = () => 0.005;
  it.each([
    ['same rate', null05, null05],
    ['at the tolerated ratio', () => 0.006, null05],
    [
      'rate that swings tenfold for both',
      (t: number) => (t % 20 < 2 ? 0.05 : 0.005),
      (t: number) => (t % 20 < 2 ? 0.05 : 0.005),
    ],
    ['rare errors', () => 1e-4, () => 1e-4],
  ])('%s: hardly any of 300 short canaries', (_name, canary, baseline) => {
    let rolledBack = 0;
    for (let seed = 0; seed < 300; seed++) {
      if (
        play({ rps: 100, weight: 0.1, tick: 10_000, ticks: 30, canary, baseline }, seeded(seed)).at !== null
      )
        rolledBack++;
    }
    // α = 0.001: more than 3 of 300 has a probability below 0.001. The study plays 20,000 of each.
    expect(rolledBack).toBeLessThanOrEqual(3);
  });

  it('is not raised by a share that changes from tick to tick', () => {
    const random = seeded(5);
    let rolledBack = 0;
    for (let n = 0; n < 300; n++) {
      const counts = { c: [0, 0] as [number, number], b: [0, 0] as [number, number] };
      const observations = Array.from({ length: 40 }, (_, k) => {
        const weight = k < 20 ? 0.02 + random() * 0.2 : 0.5;
        for (const [arms, share] of [
          [counts.c, weight],
          [counts.b, 1 - weight],
        ] as const) {
          const requests = poisson(1_000 * share, random);
          arms[0] += requests;
          arms[1] += poisson(requests * 0.01, random);
        }
        return reading((k + 1) * second, [...counts.c], [...counts.b]);
      });
      if (run(observations).all.some(({ verdict }) => verdict === 'rollback')) rolledBack++;
    }
    expect(rolledBack).toBeLessThanOrEqual(3);
  });
});

describe('a regression', () => {
  it.each([
    ['5×', 0.025, 15],
    ['20×', 0.1, 3],
  ])('of %s is found within ticks of 10 s', (_name, rate, ticks) => {
    const found = Array.from(
      { length: 60 },
      (_, seed) =>
        play(
          { rps: 100, weight: 0.1, tick: 10_000, ticks: 100, canary: () => rate, baseline: () => 0.005 },
          seeded(seed),
        ).at,
    );
    expect(found.every((at) => at !== null)).toBe(true);
    expect((found as number[]).toSorted((a, b) => a - b)[30]).toBeLessThanOrEqual(ticks);
  });

  it('that begins after an hour of health is found nearly as fast', () => {
    const canary = (tick: number): number => (tick < 360 ? 0.005 : 0.05);
    const found = Array.from(
      { length: 10 },
      (_, seed) =>
        play({ rps: 100, weight: 0.5, tick: 10_000, ticks: 400, canary, baseline: () => 0.005 }, seeded(seed))
          .at,
    );
    for (const at of found) expect(at ?? 999).toBeLessThanOrEqual(366);
    for (const at of found) expect(at ?? 0).toBeGreaterThan(360);
  });

  it('of latency alone is found and named', () => {
    const observations = Array.from({ length: 30 }, (_, i) =>
      reading((i + 1) * second, [i * 20, 0, i * 8], [i * 180, 0, i * 9]),
    );
    const { last } = run(observations);
    expect(last.verdict).toBe('rollback');
    expect(last.reasons.map(({ code }) => code)).toEqual(['SLOWER_THAN_BASELINE']);
  });

  it('of the tail is found by comparison, and as a p95 of more than twice the baseline’s', () => {
    const observations = Array.from({ length: 60 }, (_, i) => {
      const slower = (count: number) => ({ requests: 0, errors: 0, slow: count, slower: [count, 0] });
      const full = reading((i + 1) * second, [i * 20, 0, 0], [i * 180, 0, 0]);
      const canary = arm('v2', { ...slower(i * 4), requests: i * 20 });
      const baseline = arm('v1', { ...slower(0), requests: i * 180 });
      return { ...full, reading: { at: full.at, canary, baseline } };
    });
    const { last } = run(observations);
    expect(last.verdict).toBe('rollback');
    expect(last.reasons.map(({ code }) => code)).toContain('SLOWER_THAN_BASELINE');
    expect(last.values.ln_e_tail).toBeGreaterThan(Math.log(1_000));
  });

  it('of p95 beyond twice the baseline’s is found even if the baseline is slow as often', () => {
    // Both arms are slow at 0.25 s in 4 % of requests; beyond 0.5 s only the canary is, in 20 %.
    const observations = Array.from({ length: 60 }, (_, i) => ({
      ...reading(second, [0, 0], [0, 0]),
      at: (i + 1) * second,
      reading: {
        at: (i + 1) * second,
        canary: arm('v2', { requests: i * 100, errors: 0, slow: null, slower: [i * 20, null] }),
        baseline: arm('v1', { requests: i * 900, errors: 0, slow: i * 36, slower: [null, null] }),
      },
    }));
    const { last } = run(observations);
    expect(last).toMatchObject({ verdict: 'rollback', reasons: [{ code: 'P95_ABOVE_LIMIT' }] });
  });

  it('is found against the absolute limit when there is nobody to compare with', () => {
    const alone = openJudge(3, 0, false, settings);
    const { last } = run(steady(40, [20, 4], [0, 0]), alone);
    expect(last.verdict).toBe('rollback');
    expect(last.reasons.map(({ code }) => code)).toEqual(['ERROR_RATE_ABOVE_LIMIT']);
  });

  it('that the baseline shares is no reason to go back', () => {
    const { last } = run(steady(40, [20, 4], [180, 36]));
    expect(last.verdict).toBe('wait');
    expect(last.reasons[0]?.code).toBe('BASELINE_UNHEALTHY');
  });

  it('on top of an unhealthy baseline still is one', () => {
    const { last } = run(steady(40, [20, 16], [180, 20]));
    expect(last.verdict).toBe('rollback');
  });
});

describe('health', () => {
  it('needs requests', () => {
    const few = run(steady(10, [10, 0], [90, 0])).last;
    expect(few.verdict).toBe('continue');
    expect(few.reasons.map(({ code }) => code)).toContain('TOO_FEW_REQUESTS');
    expect(run(steady(22, [10, 0], [90, 0])).last.verdict).toBe('ready');
  });

  it('three requests in total are never enough', () => {
    const { all } = run([
      reading(second, [0, 0], [0, 0]),
      ...Array.from({ length: 50 }, (_, i) => reading((i + 2) * second, [3, 0], [30, 0])),
    ]);
    expect(all.some(({ verdict }) => verdict === 'ready')).toBe(false);
  });

  it('is not shown by a rate near the limit, even without an alarm', () => {
    const { last } = run(steady(30, [20, 1], [180, 9]));
    expect(last.verdict).toBe('continue');
    expect(last.reasons.map(({ code }) => code)).toContain('HEALTH_NOT_SHOWN');
  });

  it('has to be shown against the baseline too, once there are events enough to show it', () => {
    const start = reading(second, [0, 0], [0, 0]);
    const { last } = run([start, reading(2 * second, [5_000, 100], [5_000, 45])]);
    expect(last.verdict).toBe('continue');
    expect(last.reasons.map(({ message }) => message)).toEqual([expect.stringContaining("the baseline's")]);
    const fine = run([start, reading(2 * second, [5_000, 50], [5_000, 45])]).last;
    expect(fine.verdict).toBe('ready');
  });

  it('has to be earned anew at every step', () => {
    const { state } = run(steady(30, [10, 0], [90, 0]));
    const next = openStep(state, 2, 31 * second, true, settings);
    const after = judge(next, reading(32 * second, [330, 0], [2_980, 0]), settings);
    expect(after.verdict).toBe('continue');
    expect(after.state.totals.canary.requests).toBe(30);
  });

  it('that is not shown in time is inconclusive, with or without data', () => {
    const soon = { ...settings, deadline: 60 * second };
    let state = openJudge(1, 0, true, soon);
    const verdicts = steady(70, [1, 0], [9, 0]).map((observation) => {
      const judged = judge(state, observation, soon);
      state = judged.state;
      return judged;
    });
    expect(verdicts.slice(0, 59).every(({ verdict }) => verdict === 'continue')).toBe(true);
    expect(verdicts.at(-1)?.verdict).toBe('inconclusive');
    expect(verdicts.at(-1)?.reasons[0]?.code).toBe('DEADLINE_PASSED');
    const silent = judge(state, { at: 999 * second, reading: null, problem: 'down' }, soon);
    expect(silent).toMatchObject({ verdict: 'inconclusive', reasons: [{}, { code: 'NO_CANARY_DATA' }] });
  });

  it('is not shown without a baseline that was expected', () => {
    const { last } = run(steady(30, [20, 0], [0, 0]));
    expect(last.verdict).toBe('continue');
    expect(last.reasons.map(({ code }) => code)).toContain('NO_BASELINE_DATA');
  });
});

describe('readings that are no evidence', () => {
  const failed = (at: number): Observation => ({ at, reading: null, problem: 'provider answered 500' });

  it('five failures are not yet no data; two minutes of them are', () => {
    expect(run(Array.from({ length: 5 }, (_, i) => failed(i * second))).last.verdict).toBe('continue');
    expect(run([failed(120 * second)]).last).toMatchObject({
      verdict: 'no-data',
      reasons: [{ code: 'NO_CANARY_DATA' }],
    });
  });

  it('counters that stand still are no data', () => {
    const still = Array.from({ length: 130 }, (_, i) => reading((i + 1) * second, [1_000, 0], [9_000, 0]));
    expect(run(still).last.verdict).toBe('no-data');
  });

  it('a baseline that vanishes is no data', () => {
    const observations = Array.from({ length: 130 }, (_, i) =>
      reading((i + 1) * second, [i * 10, 0], [500, 0]),
    );
    expect(run(observations).last).toMatchObject({
      verdict: 'no-data',
      reasons: [{ code: 'NO_BASELINE_DATA' }],
    });
  });

  it('nor is a ready canary still ready after its data has stopped', () => {
    const good = steady(30, [10, 0], [90, 0]);
    const stopped = Array.from({ length: 130 }, (_, i) => failed((31 + i) * second));
    expect(run([...good, ...stopped]).last.verdict).toBe('no-data');
  });

  it('the same or an older reading changes nothing', () => {
    const { state } = run(steady(10, [10, 1], [90, 1]));
    for (const at of [10 * second, 3 * second]) {
      const again = judge(state, reading(at, [999, 999], [1, 0]), settings);
      expect(again.state).toEqual(state);
      expect(again.reasons[0]?.code).toBe('STALE_READING');
    }
  });

  it('the warm-up is not judged', () => {
    const cold = { ...settings, warmUp: 30 * second };
    let state = openJudge(1, 0, true, cold);
    for (const observation of steady(29, [20, 20], [180, 0])) {
      const judged = judge(state, observation, cold);
      expect(judged.verdict).toBe('continue');
      state = judged.state;
    }
    expect(state.totals.canary.requests).toBe(0);
  });

  it('nor is the tick in which the warm-up ends', () => {
    const cold = { ...settings, warmUp: 30 * second };
    const ticks = [reading(25 * second, [0, 0], [0, 0]), reading(35 * second, [50, 50], [50, 0])];
    const judgeAll = (all: readonly Observation[]): JudgeState =>
      all.reduce((state, one) => judge(state, one, cold).state, openJudge(1, 0, true, cold));
    expect(judgeAll(ticks).totals.canary.requests).toBe(0);
    const after = reading(45 * second, [70, 50], [70, 0]);
    expect(judgeAll([...ticks, after]).totals.canary).toMatchObject({ requests: 20, errors: 0 });
  });

  it.each([
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a negative count', -5],
  ])('%s is not counted', (_name, value) => {
    const { state } = run(steady(3, [10, 0], [90, 0]));
    const judged = judge(state, reading(4 * second, [value, 0], [360, 0]), settings);
    expect(judged.state.totals.canary.requests).toBe(20);
    expect(JSON.parse(JSON.stringify(judged.state))).toEqual(judged.state);
  });
});

describe('counters of processes', () => {
  const at = (time: number, instances: CanaryReading['canary']['instances']): Observation => ({
    at: time,
    reading: {
      at: time,
      canary: { version: 'v2', instances },
      baseline: arm('v1', { requests: time, errors: 0 }),
    },
    problem: null,
  });
  const one = (id: string, requests: number, errors = 0) => ({ id, requests, errors, slow: null });
  const total = (observations: readonly Observation[]) => run(observations).state.totals.canary;

  it('that restart count from zero', () => {
    expect(total([at(1, [one('a', 100, 5)]), at(2, [one('a', 30, 2)])])).toMatchObject({
      requests: 30,
      errors: 2,
    });
  });

  it('that are new set their reference first', () => {
    expect(
      total([
        at(1, [one('a', 100)]),
        at(2, [one('a', 110), one('b', 5_000, 900)]),
        at(3, [one('a', 120), one('b', 5_010, 901)]),
      ]),
    ).toMatchObject({ requests: 30, errors: 1 });
  });

  it('that vanish and come back are counted over the gap', () => {
    expect(total([at(1, [one('a', 100)]), at(2, []), at(3, [one('a', 150, 1)])])).toMatchObject({
      requests: 50,
      errors: 1,
    });
  });

  it('whose errors fall while requests rise are taken anew', () => {
    expect(
      total([at(1, [one('a', 100, 50)]), at(2, [one('a', 110, 10)]), at(3, [one('a', 120, 11)])]),
    ).toMatchObject({ requests: 10, errors: 1 });
  });

  it('never have more errors than requests', () => {
    expect(total([at(1, [one('a', 100, 0)]), at(2, [one('a', 110, 90)])])).toMatchObject({
      requests: 10,
      errors: 10,
    });
  });

  it('cannot be named to harm', () => {
    const ids = ['__proto__', 'constructor', 'toString'];
    expect(
      total([
        at(
          1,
          ids.map((id) => one(id, 1)),
        ),
        at(
          2,
          ids.map((id) => one(id, 2)),
        ),
      ]).requests,
    ).toBe(2);
  });
});

describe('the judge', () => {
  const tick = fc.record({
    gap: fc.integer({ min: -2_000, max: 20_000 }),
    canary: fc.tuple(fc.nat(100), fc.nat(40)),
    baseline: fc.tuple(fc.nat(900), fc.nat(90)),
    kind: fc.constantFrom('good', 'good', 'good', 'null', 'reset', 'empty', 'nan'),
  });

  it('replayed from stored text gives the same bytes, stays finite and never calls doubt readiness', () => {
    fc.assert(
      fc.property(fc.array(tick, { maxLength: 60 }), (ticks) => {
        let live = openJudge(1, 0, true, settings);
        let stored = JSON.stringify(live);
        let at = 0;
        const c: [number, number] = [0, 0];
        const b: [number, number] = [0, 0];
        for (const { gap, canary, baseline, kind } of ticks) {
          at += gap;
          if (kind === 'reset') c.fill(0);
          c[0] += canary[0];
          c[1] += Math.min(canary[0], canary[1]);
          b[0] += baseline[0];
          b[1] += Math.min(baseline[0], baseline[1]);
          const full = reading(at, kind === 'nan' ? [Number.NaN, c[1]] : [...c], [...b]);
          const observation: Observation =
            kind === 'null'
              ? { at, reading: null, problem: 'down' }
              : kind === 'empty'
                ? {
                    ...full,
                    reading: {
                      at,
                      canary: { version: 'v2', instances: [] },
                      baseline: arm('v1', { requests: b[0], errors: b[1] }),
                    },
                  }
                : full;
          const first = judge(live, observation, settings);
          const second = judge(JSON.parse(stored), observation, settings);
          expect(JSON.stringify(second)).toBe(JSON.stringify(first));
          expect(Object.values(first.values).every(Number.isFinite)).toBe(true);
          if (first.verdict === 'ready') {
            expect(first.state.totals.canary.requests).toBeGreaterThanOrEqual(settings.minRequests);
            expect(first.values.canary_error_rate).toBeLessThan(settings.maxErrorRate);
          }
          live = first.state;
          stored = JSON.stringify(live);
        }
      }),
      { numRuns: 150 },
    );
  });
});

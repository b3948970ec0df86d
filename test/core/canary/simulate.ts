import { judge } from '../../../core/canary/judge.ts';
import type { JudgeSettings } from '../../../core/canary/settings.ts';
import { type JudgeState, openJudge } from '../../../core/canary/state.ts';
import type { Judgement } from '../../../core/canary/verdict.ts';
import type { ArmReading, CanaryReading } from '../../../core/ports/metrics.ts';

export const settings: JudgeSettings = {
  method: 2,
  alpha: 0.001,
  beta: 0.01,
  toleratedRatio: 1.2,
  maxErrorRate: 0.05,
  maxSlowdown: 2,
  slowEdges: [0.25, 0.5, 1],
  cluster: 1,
  minRequests: 200,
  noDataAfter: 120_000,
  warmUp: 0,
  deadline: 14_400_000,
  steps: 3,
};

/** mulberry32: a small seeded generator, so that every figure here is the same on every machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A Poisson count, by Knuth's product for small means and in parts for large ones. */
export function poisson(mean: number, random: () => number): number {
  let rest = mean;
  let count = 0;
  while (rest > 30) {
    count += poisson(30, random);
    rest -= 30;
  }
  const floor = Math.exp(-rest);
  for (let product = random(); product > floor; product *= random()) count++;
  return count;
}

export interface World {
  readonly rps: number;
  readonly weight: number;
  readonly tick: number;
  readonly ticks: number;
  /** Error rates at a tick. */
  readonly canary: (tick: number) => number;
  readonly baseline: (tick: number) => number;
}

/** Plays one canary until the verdict `until` or the end; answers with the tick of that verdict, or null. */
export function play(
  world: World,
  random: () => number,
  until: Judgement['verdict'] = 'rollback',
): { readonly at: number | null; readonly state: JudgeState; readonly last: Judgement } {
  const counts = { canary: { requests: 0, errors: 0 }, baseline: { requests: 0, errors: 0 } };
  let state = openJudge(1, 0, true, settings);
  let last: Judgement = { verdict: 'continue', reasons: [], values: {} };
  for (let tick = 0; tick <= world.ticks; tick++) {
    const at = (tick + 1) * world.tick;
    const reading: CanaryReading = {
      at,
      canary: arm('v2', counts.canary),
      baseline: arm('v1', counts.baseline),
    };
    const judged = judge(state, { at, reading, problem: null }, settings);
    state = judged.state;
    last = judged;
    if (judged.verdict === until) return { at: tick, state, last };
    const requests = (world.rps * world.tick) / 1_000;
    grow(counts.canary, requests * world.weight, world.canary(tick), random);
    grow(counts.baseline, requests * (1 - world.weight), world.baseline(tick), random);
  }
  return { at: null, state, last };
}

function grow(
  counts: { requests: number; errors: number },
  mean: number,
  rate: number,
  random: () => number,
): void {
  const requests = poisson(mean, random);
  let errors = 0;
  if (requests * rate < 30) errors = Math.min(requests, poisson(requests * rate, random));
  else for (let i = 0; i < requests; i++) if (random() < rate) errors++;
  counts.requests += requests;
  counts.errors += errors;
}

export function arm(
  version: string,
  counts: {
    requests: number;
    errors: number;
    slow?: number | null;
    slower?: readonly (number | null)[];
  },
): ArmReading {
  return { version, instances: [{ id: `${version}-1`, slow: null, ...counts }] };
}

import { describe, expect, it } from 'vitest';
import {
  addSplit,
  clusterOf,
  type Dispersion,
  indexOf,
  noDispersion,
} from '../../../core/stats/dispersion.ts';
import { poisson, seeded } from '../canary/simulate.ts';

interface World {
  readonly clusters: (random: () => number) => number;
  readonly ratio?: (tick: number) => number;
  /** What moves both arms alike. */
  readonly level?: (tick: number) => number;
  readonly share?: number;
}

/** 200 ticks of about five causes each. */
function play({ clusters, ratio = () => 1, level = () => 1, share = 0.2 }: World, seed: number): Dispersion {
  const random = seeded(seed);
  const eventsOf = (mean: number): number => {
    let events = 0;
    for (let causes = poisson(mean, random); causes > 0; causes--) events += clusters(random);
    return events;
  };
  let state = noDispersion;
  for (let tick = 0; tick < 200; tick++) {
    const mean = 5 * level(tick);
    state = addSplit(state, eventsOf(mean * share * ratio(tick)), eventsOf(mean * (1 - share)), share);
  }
  return state;
}

const one = (): number => 1;
const seeds = Array.from({ length: 100 }, (_, seed) => seed);

describe('the index of dispersion of the split', () => {
  it.each([
    ['independent errors', { clusters: one }],
    ['a lasting regression', { clusters: one, ratio: () => 5 }],
    ['one that has just begun', { clusters: one, ratio: (tick: number) => (tick < 195 ? 1 : 5) }],
    ['bursts that both arms share', { clusters: one, level: (tick: number) => (tick % 20 < 2 ? 10 : 1) }],
    ['a canary of 1 %', { clusters: one, share: 0.01 }],
  ] satisfies [string, World][])('does not call %s clusters', (_name, world) => {
    const raised = seeds.filter((seed) => clusterOf(play(world, seed), 1) > 1);
    expect(raised.length).toBeLessThanOrEqual(2);
  });

  it('is about E[C²]/E[C] for clusters, and then the judge assumes enough', () => {
    const world = { clusters: (random: () => number) => 1 + Math.floor(5 * random()) };
    const states = seeds.map((seed) => play(world, seed));
    const mean = states.reduce((sum, state) => sum + indexOf(state), 0) / states.length;
    expect(mean).toBeCloseTo(11 / 3, 0);
    for (const state of states) expect(clusterOf(state, 1)).toBeGreaterThan(3);
  });

  it('does not raise what was declared, as long as clusters of that size can give the index', () => {
    const world = { clusters: (random: () => number) => 1 + Math.floor(5 * random()) };
    const states = seeds.map((seed) => play(world, seed));
    expect(states.filter((state) => clusterOf(state, 5, true) > 5).length).toBeLessThanOrEqual(5);
    for (const state of states) expect(clusterOf(state, 2, true)).toBeGreaterThan(3);
  });

  it('never assumes less than what was declared, nor raises it on a few ticks', () => {
    expect(clusterOf(noDispersion, 3)).toBe(3);
    expect(clusterOf(addSplit(noDispersion, 40, 0, 0.1), 1)).toBe(1);
    expect(clusterOf(play({ clusters: one }, 1), 7)).toBe(7);
  });
});

import { describe, expect, it } from 'vitest';
import { planFacts } from '../support/facts.ts';
import { World } from './world.ts';

/** At 4.5 % errors nobody can say within minutes that they are below the limit of 5 %. */
const doubtful = { errorRate: () => 0.045, baselineErrorRate: 0.045 };
const { config } = planFacts();
const within = (on_deadline: 'hold' | 'abort') => ({
  config: { ...config, canary: { ...config.canary, deadline: 120_000, on_deadline } },
});

describe('a step that does not show its health in time', () => {
  it('is held, and never promoted', async () => {
    const world = await new World({ ...doubtful, plan: within('hold') }).play(
      (one) => one.state.hold !== null,
    );
    expect(world.state.hold?.code).toBe('DEADLINE_PASSED');
    expect(world.weight).toBe(10);
    expect(world.comments.some((text) => text.includes('Without evidence of health'))).toBe(true);
  });

  it('is rolled back when the configuration says so', async () => {
    const world = await new World({ ...doubtful, plan: within('abort') }).play();
    expect(world.state.phase).toBe('rolled_back');
    expect(world.state.hold?.code).toBe('DEADLINE_PASSED');
  });

  it('of a canary without data is rolled back then, too', async () => {
    const blind = (weight: number): boolean => weight > 0;
    const world = await new World({ plan: within('abort'), blind }).play();
    expect(world.state.phase).toBe('rolled_back');
  });
});

describe('the comment of a step', () => {
  it('shows what the judge saw, once a step', async () => {
    const world = await new World({}).play();
    const explained = world.comments.filter((text) => text.includes('What the judge saw'));
    expect(explained.length).toBeGreaterThanOrEqual(3);
    expect(explained.filter((text) => text.includes('**10 %**'))).toHaveLength(1);
    expect(world.state.canaryRecords.every(({ record }) => (record?.ticks.length ?? 0) > 0)).toBe(true);
  });
});

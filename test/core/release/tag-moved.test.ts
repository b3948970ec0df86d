import { describe, expect, it } from 'vitest';
import { World } from './world.ts';

describe('the tag of a release that is GA', () => {
  it('is told of once when it moves, however often it is read, and again when it moves on', async () => {
    const world = new World();
    await world.play(({ state }) => state.phase === 'observing');
    const moved = (to: string): void =>
      world.send({ type: 'tag.moved', from: world.state.sha, to: to.repeat(40) });
    const told = async (): Promise<number> => {
      const before = world.now;
      await world.play(({ now }) => now > before + 5_000);
      return world.state.counters['tag-moved'] ?? 0;
    };
    for (const to of ['b', 'b', 'b']) moved(to);
    expect(await told()).toBe(1);
    for (const to of ['c', 'b', 'c']) moved(to);
    expect(await told()).toBe(2);
  });
});

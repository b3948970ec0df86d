import type { ConductorProcess } from './conductor-process.ts';

export interface Killer {
  /** How often the Conductor was killed so far. */
  kills(): number;
  /** Lets the Conductor live; resolves when it is up. */
  stop(): Promise<void>;
}

/**
 * Kills the Conductor with `kill -9` at `times` random moments and starts it again each time: what a demanding
 * user does to a tool that promises to survive it.
 *
 * @param everyMs mean time between two kills.
 * @param random uniform in [0, 1): the same numbers give the same moments.
 */
export function killAtRandom(
  conductor: ConductorProcess,
  times: number,
  everyMs: number,
  random: () => number,
): Killer {
  let count = 0;
  let stopped = false;
  const work = (async (): Promise<void> => {
    while (!stopped && count < times) {
      await until(everyMs * (0.25 + 1.5 * random()), () => stopped);
      if (stopped) return;
      await conductor.kill();
      count += 1;
      await conductor.start();
    }
  })();
  return {
    kills: () => count,
    stop: async () => {
      stopped = true;
      await work;
    },
  };
}

async function until(ms: number, isOver: () => boolean): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end && !isOver()) await new Promise((resolve) => setTimeout(resolve, 50));
}

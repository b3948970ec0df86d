import type { Stage } from './scenario.ts';

/** Waits until the stage environment runs this version. */
export async function observeStageRuns({ timeline, world }: Stage, version: string): Promise<void> {
  await timeline.observe(
    `stage runs ${version}`,
    async () => ((world.platform.weights('stage')[version] ?? 0) === 100 ? 'weight 100' : null),
    180_000,
  );
}

/** Waits until the proxy's own counters say that new requests reach `version` in this share (percent, ± 2). */
export async function observeShare(
  { timeline, world }: Stage,
  version: string,
  percent: number,
): Promise<void> {
  await timeline.observe(
    `${percent} % of production traffic is on ${version}`,
    async () =>
      (world.platform.weights('production')[version] ?? 0) === percent
        ? await measureShare(world, version, percent)
        : null,
    180_000,
  );
}

/** Counts requests at the proxy over at least 200 of them; text when the share is right, else null. */
async function measureShare(world: Stage['world'], version: string, percent: number): Promise<string | null> {
  const before = world.platform.counters('production');
  const total = (counters: typeof before): number =>
    Object.values(counters).reduce((sum, one) => sum + one.requests, 0);
  while (total(world.platform.counters('production')) - total(before) < 200) {
    if ((world.platform.weights('production')[version] ?? 0) !== percent) return null;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const after = world.platform.counters('production');
  const mine = (after[version]?.requests ?? 0) - (before[version]?.requests ?? 0);
  const share = (100 * mine) / (total(after) - total(before));
  return Math.abs(share - percent) <= 2 ? `${mine} of ${total(after) - total(before)} requests` : null;
}

import { expect, it } from 'vitest';
import { groupFlush } from '../../../adapters/postgres/group-flush.ts';

/** A disk whose flushes end when the test says so. */
class Disk {
  readonly ends: ((error?: Error) => void)[] = [];
  readonly flush = (): Promise<void> =>
    new Promise((resolve, reject) => {
      this.ends.push((error) => (error === undefined ? resolve() : reject(error)));
    });

  /** Until that many flushes have begun. */
  async begun(count: number): Promise<void> {
    while (this.ends.length < count) await Promise.resolve();
  }
}

it('lets everybody who comes during a flush share the next one, and nobody the one under way', async () => {
  const disk = new Disk();
  const flush = groupFlush(disk.flush);
  const told: string[] = [];
  const ask = (name: string) => flush().then(() => told.push(name));
  const first = ask('first');
  await disk.begun(1);
  const later = [ask('second'), ask('third')];
  disk.ends[0]?.();
  await first;
  await disk.begun(2);
  expect(told).toEqual(['first']);
  disk.ends[1]?.();
  await Promise.all(later);
  expect([told, disk.ends.length]).toEqual([['first', 'second', 'third'], 2]);
});

it('tells a failure to those who waited for that flush, and tries again for the next', async () => {
  const disk = new Disk();
  const flush = groupFlush(disk.flush);
  const lost = flush();
  await disk.begun(1);
  const later = flush();
  disk.ends[0]?.(new Error('Connection terminated'));
  await expect(lost).rejects.toThrow('Connection terminated');
  await disk.begun(2);
  disk.ends[1]?.();
  await expect(later).resolves.toBeUndefined();
});

import { Heap } from '../heap.ts';

/** What happens when, on a virtual clock: in the order of time, and of two at one moment the one planned first. */
export class Agenda {
  /** Ms since the epoch. */
  now: number;
  private readonly entries = new Heap<{ readonly at: number; readonly n: number; readonly act: () => void }>(
    (a, b) => a.at - b.at || a.n - b.n,
  );
  private planned = 0;

  constructor(start: number) {
    this.now = start;
  }

  /** The past is now. */
  at(at: number, act: () => void): void {
    this.entries.push({ at: Math.max(at, this.now), n: ++this.planned, act });
  }

  drainUntil(isOver: () => boolean, beforeEach: (now: number) => void): void {
    for (let next = this.entries.pop(); next !== undefined && !isOver(); next = this.entries.pop()) {
      this.now = next.at;
      beforeEach(this.now);
      next.act();
    }
  }
}

/** Waits until whatever was committed before the call is on disk. */
export type Flush = () => Promise<void>;

/**
 * Group commit: everybody who asks while a flush is under way shares the next one. One that is under way may have begun
 * before the asker's commit, so nobody joins it.
 *
 * @param flush puts everything on disk that was committed before it began.
 */
export function groupFlush(flush: () => Promise<unknown>): Flush {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | null = null;
  return () => {
    next ??= running
      .catch(() => {}) // was told to those who waited for it
      .then(async () => {
        next = null;
        running = flush();
        await running;
      });
    return next;
  };
}

import { dayAt } from './day.ts';
import type { PreviewState } from './state.ts';

const minute = 60_000;

/** Every preview that may exist or wants to is looked at so often, ms. `app/jobs/schedule.ts` says it as cron. */
export const sweepEvery = 5 * minute;

/** Previews of one organisation that a sweep reads from GitHub: 3,600 calls an hour of the 5,000 that there are at least. */
export const mostReadAtOnce = 300;

/**
 * Those that this sweep reads and those for which only time passes, which costs no call: more than `mostReadAtOnce` are
 * read in turns.
 *
 * @param swept of one organisation, in an order that stays the same.
 */
export function inTurns<Preview>(
  swept: readonly Preview[],
  now: number,
): { readonly read: readonly Preview[]; readonly passed: readonly Preview[] } {
  const rounds = Math.ceil(swept.length / mostReadAtOnce);
  const turn = Math.floor(now / sweepEvery);
  const isRead = (_: Preview, index: number): boolean => (index + turn) % rounds === 0;
  return {
    read: swept.filter(isRead),
    passed: swept.filter((preview, index) => !isRead(preview, index)),
  };
}

/** What is still there so long after it should be gone is an orphan, ms. */
const teardownTime = 60 * minute;

/** Whether the sweep looks at it. What waits for money, room or a label is looked at with the open pull requests. */
export function isSwept({ mayExist, order }: PreviewState): boolean {
  return mayExist || order?.status === 'requested';
}

/** Something of it is there although its pull request is closed, its life is over, or nobody could tear it down. */
export function isLeftOver({ mayExist, orphanTold, expiresAt, order }: PreviewState, now: number): boolean {
  if (!mayExist) return false;
  const lateTeardown = order?.action === 'destroy' && now - order.since > teardownTime;
  const expired = expiresAt !== null && now - expiresAt > teardownTime;
  return orphanTold || lateTeardown || expired;
}

/** It sleeps because the money of this day is spent. */
export function isSpentToday({ spentOn, config }: PreviewState, now: number): boolean {
  return spentOn !== null && config !== null && spentOn === dayAt(now, config.budget.time_zone).date;
}

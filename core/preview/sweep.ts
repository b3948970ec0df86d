import { dayAt } from './day.ts';
import type { PreviewState } from './state.ts';

const minute = 60_000;

/** Every preview that may exist or wants to is looked at so often, ms. `app/jobs/schedule.ts` says it as cron. */
export const sweepEvery = 5 * minute;

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

import { burnRate } from './burn.ts';
import type { WindowCount } from './model.ts';

/** Share of the period's budget that is left: 1 untouched, 0 spent, negative overspent. Null without events. */
export function budgetLeft(count: WindowCount | undefined, budget: number): number | null {
  const rate = burnRate(count, budget);
  return rate === null ? null : Number((1 - rate).toPrecision(12));
}

/** A rollout as planned: steps of weight (percent) and time, and the share that a bad version would fail. */
export interface Rollout {
  readonly steps: readonly { readonly weight: number; readonly for: number }[];
  readonly bad_ratio: number;
}

/** Σ weight · time · bad ratio, in units of the period's budget: even traffic assumed. */
export function spendOf(rollout: Rollout | null, budget: number, periodMs: number): number | null {
  if (rollout === null) return null;
  const exposed = rollout.steps.reduce((sum, step) => sum + (step.weight / 100) * step.for, 0);
  return Number(((exposed * rollout.bad_ratio) / (budget * periodMs)).toPrecision(6));
}

const day = 86_400_000;

/** A rolling budget also recovers; this is the pessimistic reading, in which nothing does. */
export function daysLeft(left: number | null, rate: number | null, periodMs: number): number | null {
  if (left === null || rate === null || rate <= 0 || left <= 0) return left !== null && left <= 0 ? 0 : null;
  return Number(((left * periodMs) / rate / day).toPrecision(4));
}

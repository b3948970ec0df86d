const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A multi-window, multi-burn-rate rule: it fires when both windows burn faster than `factor`. */
export interface BurnRule {
  readonly severity: 'page' | 'ticket';
  readonly longMs: number;
  readonly shortMs: number;
  /** Burn rate: 1 spends exactly the budget in the period. */
  readonly factor: number;
}

/**
 * Share of the period's budget that a rule tolerates in its long window (Google SRE workbook, "Alerting on
 * SLOs", table 5-8; the 1 d rule is Sloth's). For 30 d they give the well-known 14.4, 6, 3 and 1.
 */
const shares = [
  { severity: 'page', longMs: hour, shortMs: 5 * minute, share: 0.02 },
  { severity: 'page', longMs: 6 * hour, shortMs: 30 * minute, share: 0.05 },
  { severity: 'ticket', longMs: day, shortMs: 2 * hour, share: 0.1 },
  { severity: 'ticket', longMs: 3 * day, shortMs: 6 * hour, share: 0.1 },
] as const;

/** Below this burn rate no period can ever exhaust its budget: short periods would otherwise fire on health. */
const lowestFactor = 0.9;

/** The rules for a period: factor = share × period ÷ long window. */
export function burnRules(periodMs: number): readonly BurnRule[] {
  return shares
    .filter(({ longMs }) => longMs < periodMs)
    .map(({ severity, longMs, shortMs, share }) => ({
      severity,
      longMs,
      shortMs,
      factor: Math.max(lowestFactor, tidy((share * periodMs) / longMs)),
    }));
}

/** 1 − target without the dust of binary fractions: 1 − 0.999 is 0.001. */
export function errorBudget(target: number): number {
  return Number((1 - target).toFixed(12));
}

function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** `5m`, `1h`, `30d`: the largest unit that divides the window. */
export function formatWindow(ms: number): string {
  for (const [unit, size] of [
    ['d', day],
    ['h', hour],
    ['m', minute],
    ['s', 1_000],
  ] as const) {
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}

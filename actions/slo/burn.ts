import { clopperPearson } from '../../core/stats/proportion.ts';
import type { WindowCount } from './model.ts';
import type { BurnRule } from './windows.ts';

export interface BurnSettings {
  readonly budget: number;
  readonly minEvents: number;
  /** One-sided. */
  readonly confidence: number;
  /** False: the ratio has no counts behind it, so nothing can be said about chance. */
  readonly counted: boolean;
}

export type RuleState =
  /** Both windows burn faster than the factor, and chance does not explain it. */
  | 'fires'
  /** The long window burns slower, or the short one has recovered. */
  | 'clear'
  /** Burns faster, but the few events could be chance, or the short window is empty. */
  | 'uncertain'
  /** Fewer events than a window needs. */
  | 'too-few'
  /** The window exists and nothing happened in it. */
  | 'no-traffic'
  /** Nothing was read for the long window. */
  | 'absent';

export interface RuleOutcome {
  readonly rule: BurnRule;
  readonly state: RuleState;
  /** Burn rates; null when a window has no events. */
  readonly long: number | null;
  readonly short: number | null;
}

/** Far below what any count can tell, far above the dust of floating point. */
const tolerance = 1e-9;

/** Burn rate of a window: the error ratio in units of the budget. Null without events. */
export function burnRate(count: WindowCount | undefined, budget: number): number | null {
  if (count === undefined || !(count.total > 0)) return null;
  // A promise of 100 % has no budget: the first bad event overspends it without end.
  if (budget <= 0) return count.bad > 0 ? Number.POSITIVE_INFINITY : 0;
  return count.bad / count.total / budget;
}

/** One rule on one objective's windows. Pure; the counts are finite. */
export function judgeRule(
  rule: BurnRule,
  windowOf: (ms: number) => WindowCount | undefined,
  settings: BurnSettings,
): RuleOutcome {
  const longCount = windowOf(rule.longMs);
  const long = burnRate(longCount, settings.budget);
  const short = burnRate(windowOf(rule.shortMs), settings.budget);
  return { rule, long, short, state: stateOf(rule, longCount, long, short, settings) };
}

function stateOf(
  rule: BurnRule,
  count: WindowCount | undefined,
  long: number | null,
  short: number | null,
  settings: BurnSettings,
): RuleState {
  if (count === undefined) return 'absent';
  if (long === null) return 'no-traffic';
  const burning = exceeds(long, rule.factor);
  if (!burning) return settings.counted && count.total < settings.minEvents ? 'too-few' : 'clear';
  if (short === null) return 'uncertain';
  if (!exceeds(short, rule.factor)) return 'clear';
  return isProven(count, settings) ? 'fires' : 'uncertain';
}

export function exceeds(value: number, limit: number): boolean {
  return value > limit * (1 + tolerance);
}

/**
 * True when chance does not explain that the budget is being overspent: enough events, more than one of them
 * bad, and an error ratio above the budget with the wanted confidence. One error at low traffic is a huge burn
 * rate and no breach.
 */
export function isProven(count: WindowCount, settings: BurnSettings): boolean {
  if (!settings.counted) return true;
  if (count.total < settings.minEvents || count.bad < 1.5) return false;
  // Each end of a two-sided interval is one-sided at half the error.
  return clopperPearson(count.bad, count.total, 2 * settings.confidence - 1).low > settings.budget;
}

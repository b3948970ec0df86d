import type { Finding, Verdict } from '../../core/gate/result.ts';
import { budgetLeft, daysLeft, type Rollout, spendOf } from './budget.ts';
import { type BurnSettings, burnRate, exceeds, isProven, judgeRule, type RuleOutcome } from './burn.ts';
import * as doubt from './doubts.ts';
import * as say from './findings.ts';
import type { Reading, Slo, WindowCount } from './model.ts';
import { budgetSoFar, type Period, periodOf } from './period.ts';
import { burnRules, errorBudget, formatWindow } from './windows.ts';

export interface JudgeSettings {
  readonly minEvents: number;
  readonly confidence: number;
  readonly staleAfterMs: number;
  readonly onBudgetExhausted: 'fail' | 'warn';
  /** Share of a period's requests that the planned rollout would fail if the version is bad; null: none planned. */
  readonly rollout: Rollout | null;
  /** The moment that the numbers are about, ms since the epoch. */
  readonly at: number;
}

export interface Judgement {
  readonly slo: Slo;
  readonly period: Period;
  readonly verdict: Exclude<Verdict, 'skipped'>;
  /** True when there was nothing to judge: `on_no_data` decides what that means. */
  readonly noData: boolean;
  readonly findings: readonly Finding[];
  readonly budgetLeft: number | null;
  /** Days until the budget is gone at the pace of the last day; null: not at this pace, or unknown. */
  readonly exhaustedInDays: number | null;
  /** Share of the budget that the planned rollout would spend; null: none planned, or unknown. */
  readonly rolloutSpend: number | null;
  readonly rules: readonly RuleOutcome[];
  readonly windows: readonly WindowCount[];
}

/** A judgement as it is shown: one that `on_no_data: skip` excuses is skipped. */
export type Objective = Omit<Judgement, 'verdict'> & { readonly verdict: Verdict };

/** Judges one objective. Pure: the same reading gives the same judgement. */
export function judgeSlo(slo: Slo, reading: Reading, settings: JudgeSettings): Judgement {
  const period = periodOf(slo, settings.at);
  const refuse = (finding: Finding, noData: boolean): Judgement => ({
    slo,
    period,
    verdict: 'inconclusive',
    noData,
    findings: [finding],
    budgetLeft: null,
    exhaustedInDays: null,
    rolloutSpend: null,
    rules: [],
    windows: reading.state === 'measured' ? reading.windows : [],
  });
  if (reading.state === 'problem')
    return refuse(doubt.unread(slo, reading), reading.problem !== 'query-rejected');
  const { newestAt } = reading;
  if (newestAt !== null && settings.at - newestAt > settings.staleAfterMs) {
    return refuse(doubt.stale(slo, newestAt, settings), true);
  }
  const broken = reading.windows.find((count) => !isSound(count));
  if (broken !== undefined) return refuse(doubt.unsound(slo, broken), false);
  if (reading.windows.length === 0) return refuse(doubt.empty(slo), true);
  if (reading.windows.every(({ total }) => total === 0)) return refuse(doubt.noTraffic(slo, null), true);
  const slices = slo.sli.kind === 'events' && slo.sli.of === 'slices';
  const minEvents = slices ? Math.min(fewestSlices, settings.minEvents) : settings.minEvents;
  const burn: BurnSettings = {
    ...settings,
    minEvents,
    budget: errorBudget(slo.target),
    counted: reading.counted,
  };
  const windows = reading.windows.map(tidied);
  const judged =
    reading.extent === 'history'
      ? judgeHistory(slo, period, windows, burn, settings)
      : judgeObserved(slo, period, windows, burn);
  const notes = slo.notes.map((note) => say.note(slo, note));
  const pace = period.calendar === null ? [] : [say.calendar(slo, period.calendar, settings.at)];
  const uncounted = reading.counted ? [] : [say.uncounted(slo)];
  return {
    ...judged,
    slo,
    period,
    noData: false,
    windows,
    findings: [...judged.findings, ...uncounted, ...pace, ...notes],
  };
}

/** Slices of time come one by one: an hour of five-minute slices has twelve. */
const fewestSlices = 5;

type Judged = Pick<
  Judgement,
  'verdict' | 'findings' | 'budgetLeft' | 'exhaustedInDays' | 'rolloutSpend' | 'rules'
>;

function judgeHistory(
  slo: Slo,
  period: Period,
  windows: readonly WindowCount[],
  burn: BurnSettings,
  settings: JudgeSettings,
): Judged {
  const windowOf = (ms: number): WindowCount | undefined => windows.find(({ windowMs }) => windowMs === ms);
  const rules = burnRules(period.lengthMs).map((rule) => judgeRule(rule, windowOf, burn));
  const counted = windowOf(period.windowMs) ?? (period.calendar === null ? windows.at(-1) : undefined);
  const ofPeriod = { ...burn, budget: budgetSoFar(burn.budget, period) };
  const left = budgetLeft(counted, ofPeriod.budget);
  const findings: Finding[] = rules.flatMap((outcome) => say.rule(slo, outcome));
  findings.push(...judgeBudget(slo, counted, left, ofPeriod, settings.onBudgetExhausted));
  const rolloutSpend = spendOf(settings.rollout, burn.budget, period.lengthMs);
  if (rolloutSpend !== null && left !== null && rolloutSpend > Math.max(0, left)) {
    findings.push(say.unaffordable(slo, rolloutSpend, left));
  }
  findings.push(...doubtsOf(slo, rules, counted, burn));
  if (counted === undefined) findings.push(doubt.periodMissing(slo));
  const pace = burnRate(windowOf(86_400_000) ?? counted, burn.budget);
  const exhaustedInDays = withinPeriod(daysLeft(left, pace, period.lengthMs), period, settings.at);
  return { rules, budgetLeft: left, exhaustedInDays, rolloutSpend, findings, verdict: verdictOf(findings) };
}

/** A calendar period renews the budget at its end: a pace that would last longer exhausts nothing. */
function withinPeriod(days: number | null, { calendar }: Period, at: number): number | null {
  if (days === null || calendar === null) return days;
  return days * 86_400_000 <= calendar.to - at ? days : null;
}

/**
 * The page rules must be able to speak. The fast one may be too quiet when the next one has enough events and
 * is clear; a window without any traffic is never health (the fault may be in front of the service).
 */
function doubtsOf(
  slo: Slo,
  rules: readonly RuleOutcome[],
  counted: WindowCount | undefined,
  burn: BurnSettings,
): readonly Finding[] {
  if (rules.length === 0) return doubtsOfPeriod(slo, counted, burn);
  const pages = rules.filter(({ rule }) => rule.severity === 'page');
  const silent = pages.find(({ state }) => state === 'no-traffic');
  if (silent !== undefined) return [doubt.noTraffic(slo, silent.rule.longMs)];
  const absent = pages.filter(({ state }) => state === 'absent');
  const missing = absent.map(({ rule }) => rule.longMs);
  if (missing.length > 0) return [doubt.absentWindows(slo, missing)];
  const speaks = pages.some(({ state }) => state === 'clear' || state === 'fires' || state === 'uncertain');
  return speaks ? [] : [doubt.tooFew(slo, burn.minEvents)];
}

/** A period of an hour or less has no rules: its budget alone speaks, if it saw enough. */
function doubtsOfPeriod(slo: Slo, counted: WindowCount | undefined, burn: BurnSettings): readonly Finding[] {
  if (counted === undefined) return [];
  if (counted.total === 0) return [doubt.noTraffic(slo, counted.windowMs)];
  return burn.counted && counted.total < burn.minEvents ? [doubt.tooFew(slo, burn.minEvents)] : [];
}

function judgeBudget(
  slo: Slo,
  period: WindowCount | undefined,
  left: number | null,
  burn: BurnSettings,
  onExhausted: 'fail' | 'warn',
): readonly Finding[] {
  if (period === undefined || left === null || left >= -1e-9) return [];
  const proven = isProven(period, burn);
  return [
    proven
      ? say.exhausted(slo, left, onExhausted)
      : doubt.unproven(slo, period, formatWindow(period.windowMs)),
  ];
}

/** A direct scrape shows one window only: the fast rule's factor fails, above 1 warns. */
function judgeObserved(
  slo: Slo,
  period: Period,
  windows: readonly WindowCount[],
  burn: BurnSettings,
): Judged {
  const count = windows.at(-1);
  const rate = burnRate(count, burn.budget);
  const findings: Finding[] = [say.observedOnly(slo)];
  if (count === undefined || rate === null) findings.push(doubt.noTraffic(slo, null));
  else if (!exceeds(rate, 1)) {
    if (burn.counted && count.total < burn.minEvents) findings.push(doubt.tooFew(slo, burn.minEvents));
  } else if (!isProven(count, burn)) findings.push(doubt.unproven(slo, count, 'what was observed'));
  else {
    const factor = burnRules(period.lengthMs)[0]?.factor ?? 1;
    findings.push(say.observedBurn(slo, rate, exceeds(rate, factor) ? 'page' : 'ticket'));
  }
  return {
    findings,
    verdict: verdictOf(findings),
    budgetLeft: null,
    exhaustedInDays: null,
    rolloutSpend: null,
    rules: [],
  };
}

/** Counts that cannot be: not finite, negative, or more bad events than events. */
function isSound({ bad, total }: WindowCount): boolean {
  if (!Number.isFinite(bad) || !Number.isFinite(total) || total < 0) return false;
  // Extrapolation of two counters differs by a few events at the edges of a window.
  const slack = Math.max(2, total * 0.01);
  return bad >= -slack && bad <= total + slack;
}

/** What extrapolation pushed over an edge is put back onto it. */
function tidied(count: WindowCount): WindowCount {
  return { ...count, bad: Math.min(count.total, Math.max(0, count.bad)) };
}

function verdictOf(findings: readonly Finding[]): Judgement['verdict'] {
  const errors = findings.filter(({ level }) => level === 'error');
  if (errors.some(({ code }) => say.failing.has(code))) return 'fail';
  if (errors.length > 0) return 'inconclusive';
  return findings.some(({ level }) => level === 'warning') ? 'warn' : 'pass';
}

import type { IntervalCounts } from '../../core/stats/cluster-history.ts';
import { randomFrom } from '../../core/stats/random.ts';
import type { Cell } from './cells.ts';
import { failureLimit, type MinuteRule, mannWhitneyJudge, ratioLimit, usualLimit } from './comparators.ts';
import { fiveMetrics } from './five-metrics.ts';
import { JudgeRule, settingsOf } from './judge-rule.ts';
import { oracleRule } from './oracle.ts';
import { seedOf } from './seed.ts';
import { type TickTraffic, trafficOf } from './traffic.ts';
import { tuneRules } from './tuning.ts';

/** What one rule did in all runs of a cell. */
export interface RuleResult {
  readonly rule: string;
  readonly rollbacks: number;
  /** Median time from the beginning of the regression, s; null when fewer than half of the runs were rolled back. */
  readonly medianDelay: number | null;
  /** Median of the canary's bad requests until then. */
  readonly medianBad: number | null;
  /** Rollbacks before the regression began. */
  readonly early: number;
}

export interface CellResult {
  readonly cell: string;
  readonly runs: number;
  readonly rules: readonly RuleResult[];
}

export const alpha = 0.001;
const tuningRuns = 20_000;
const historySeconds = 1_800;

interface Outcome {
  readonly delays: number[];
  readonly bad: number[];
}

/** Runs a cell with every rule side by side on the same traffic. Deterministic: seeds are made from names. */
export function runCell(cell: Cell, runs: number): CellResult {
  const tuned = cell.kind === 'regression' ? tuneRules(cell, alpha, Math.min(tuningRuns, 20 * runs)) : [];
  const usual = usualLimit[cell.metric];
  const minuteRules: Readonly<Record<string, () => MinuteRule>> = {
    'argo-style': () => failureLimit(usual, 3),
    'flagger-style': () => failureLimit(usual, 4),
    'kayenta-style': mannWhitneyJudge,
    'ratio-2': () => ratioLimit(2, 5),
    ...Object.fromEntries(tuned.map((rule) => [rule.name, () => rule.make()])),
  };
  const outcomes = new Map<string, Outcome>();
  for (const name of [
    'judge',
    ...Object.keys(minuteRules),
    ...(cell.kind === 'regression' ? ['oracle'] : []),
  ])
    outcomes.set(name, { delays: [], bad: [] });
  const settings = settingsOf(cell);
  for (let run = 0; run < runs; run++) playRun(cell, run, settings, minuteRules, outcomes);
  return {
    cell: cell.name,
    runs,
    rules: [...outcomes].map(([rule, outcome]) => summary(cell, rule, outcome, runs)),
  };
}

function playRun(
  cell: Cell,
  run: number,
  settings: ReturnType<typeof settingsOf>,
  minuteRules: Readonly<Record<string, () => MinuteRule>>,
  outcomes: ReadonlyMap<string, Outcome>,
): void {
  const random = randomFrom(seedOf(cell.name, run));
  const open = new Map(Object.entries(minuteRules).map(([name, make]) => [name, make()]));
  const five = cell.fault === 'five-metrics' ? fiveMetrics(cell, alpha) : null;
  const judge = new JudgeRule(cell, settings, historyOf(cell, run));
  let judging = true;
  let oracle = outcomes.has('oracle') ? oracleRule(cell, alpha) : null;
  let bad = 0;
  let minute = { canary: [0, 0] as [number, number], baseline: [0, 0] as [number, number] };
  const decide = (name: string, time: number): void => {
    outcomes.get(name)?.delays.push(time - cell.from);
    outcomes.get(name)?.bad.push(bad);
  };
  for (let time = cell.tick; time <= cell.horizon; time += cell.tick) {
    const traffic = trafficOf(cell, time, random);
    if (time > cell.from) bad += traffic.canary[1];
    if (judging && judged(traffic, time)) {
      decide('judge', time);
      judging = false;
    }
    if (oracle?.(time, traffic) === true) {
      decide('oracle', time);
      oracle = null;
    }
    add(minute.canary, traffic.canary);
    add(minute.baseline, traffic.baseline);
    if (time % 60 !== 0) continue;
    const isMissing = cell.missing > 0 && random() < cell.missing;
    for (const [name, rule] of isMissing ? [] : open) {
      if (!rule(minute)) continue;
      decide(name, time);
      open.delete(name);
    }
    minute = { canary: [0, 0], baseline: [0, 0] };
    if (!judging && oracle === null && open.size === 0) break;
  }

  function judged(traffic: TickTraffic, time: number): boolean {
    if (five !== null) return five(traffic, random);
    return judge.tick(time, traffic, random);
  }
}

/** Half an hour of the baseline alone, by the ticks of the cell: what the judge may look back on. */
function historyOf(cell: Cell, run: number): readonly IntervalCounts[] {
  if (!cell.history) return [];
  const random = randomFrom(seedOf(`${cell.name} before`, run));
  const alone: Cell = { ...cell, weights: [0], fault: 'none' };
  const ticks = Math.round(historySeconds / cell.tick);
  return Array.from({ length: ticks }, (_, n) => {
    const { baseline } = trafficOf(alone, (n + 1) * cell.tick, random);
    return { requests: baseline[0], events: cell.metric === 'errors' ? baseline[1] : 0 };
  });
}

function add(sum: [number, number], tick: readonly [number, number]): void {
  sum[0] += tick[0];
  sum[1] += tick[1];
}

/** Delays of runs that were never rolled back count as endless; rollbacks before the regression as none. */
function summary(cell: Cell, rule: string, { delays, bad }: Outcome, runs: number): RuleResult {
  const early = delays.filter((delay) => delay <= 0).length;
  const isFound = delays.length - early > runs / 2;
  const median = (values: readonly number[]): number | null => {
    if (cell.kind !== 'regression' || !isFound) return null;
    const late = values.filter((_, i) => (delays[i] as number) > 0).sort((a, b) => a - b);
    return late[Math.floor(runs / 2)] ?? null;
  };
  return { rule, rollbacks: delays.length, medianDelay: median(delays), medianBad: median(bad), early };
}

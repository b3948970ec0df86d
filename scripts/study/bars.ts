import { clopperPearson } from '../../core/stats/proportion.ts';
import type { Cell } from './cells.ts';
import { alpha, type CellResult, type RuleResult } from './run-cell.ts';

/** One aim, in one cell. */
export interface Bar {
  readonly cell: string;
  readonly aim: string;
  readonly found: string;
  readonly met: boolean;
}

export function ruleOf(result: CellResult, rule: string): RuleResult | null {
  return result.rules.find((one) => one.rule === rule) ?? null;
}

/** Share of false rollbacks and the upper end of its one-sided 99 % interval (Clopper & Pearson). */
export function falseRate({ rollbacks }: RuleResult, runs: number): { rate: number; upper: number } {
  return { rate: rollbacks / runs, upper: clopperPearson(rollbacks, runs, 0.98).high };
}

/** Every aim of the study that concerns this cell. */
export function barsOf(cell: Cell, result: CellResult): readonly Bar[] {
  const judge = ruleOf(result, 'judge');
  if (judge === null) return [];
  if (cell.kind === 'null') return [falseRollbacks(cell, judge, result.runs)];
  return [
    ...delayBars(cell, judge, result),
    ...badBars(cell, judge, result),
    ...tunedBars(cell, judge, result),
  ];
}

function falseRollbacks(cell: Cell, judge: RuleResult, runs: number): Bar {
  const { rate, upper } = falseRate(judge, runs);
  return {
    cell: cell.name,
    aim: 'false rollbacks ≤ α, upper 99 % bound ≤ 1.3 α',
    found: `${(100 * rate).toFixed(3)} %, ≤ ${(100 * upper).toFixed(3)} %`,
    met: rate <= alpha && upper <= 1.3 * alpha,
  };
}

function delayBars(cell: Cell, judge: RuleResult, result: CellResult): readonly Bar[] {
  const best = ruleOf(result, 'oracle')?.medianDelay ?? null;
  if (best === null || cell.ratio < 2) return [];
  const delay = judge.medianDelay;
  const found = delay === null ? 'not found in half of the runs' : `${delay} s against ${best} s`;
  const met = delay !== null && delay <= 1.3 * best;
  return [{ cell: cell.name, aim: 'median delay ≤ 1.3 × the oracle', found, met }];
}

function badBars(cell: Cell, judge: RuleResult, result: CellResult): readonly Bar[] {
  const argo = ruleOf(result, 'argo-style')?.medianBad ?? null;
  if (argo === null || cell.ratio < 5 || judge.medianBad === null) return [];
  const found = `${judge.medianBad} against ${argo}`;
  return [
    {
      cell: cell.name,
      aim: 'bad requests ≤ ¼ of Argo-style at ≥ 5×',
      found,
      met: judge.medianBad <= argo / 4,
    },
  ];
}

function tunedBars(cell: Cell, judge: RuleResult, result: CellResult): readonly Bar[] {
  const tuned = result.rules.filter(
    ({ rule, medianDelay }) => rule.startsWith('tuned-') && medianDelay !== null,
  );
  const best = tuned.toSorted((a, b) => (a.medianDelay ?? 0) - (b.medianDelay ?? 0))[0];
  if (best === undefined) return [];
  const delay = judge.medianDelay ?? Number.POSITIVE_INFINITY;
  return [
    {
      cell: cell.name,
      aim: 'at most 10 % slower than the best tuned threshold',
      found: `${Number.isFinite(delay) ? delay : '–'} s against ${best.medianDelay} s (${best.rule})`,
      met: delay <= 1.1 * (best.medianDelay ?? 0),
    },
  ];
}

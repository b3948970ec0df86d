import { barsOf, falseRate, ruleOf } from './bars.ts';
import type { Cell } from './cells.ts';
import type { CellResult } from './run-cell.ts';

const nullRules = ['judge', 'argo-style', 'flagger-style', 'kayenta-style', 'ratio-2'] as const;
const delayRules = [
  'judge',
  'oracle',
  'argo-style',
  'flagger-style',
  'kayenta-style',
  'tuned-once',
  'tuned-often',
  'tuned-ratio',
] as const;

/** The study as one page of Markdown. */
export function renderReport(cells: readonly Cell[], results: readonly CellResult[]): string {
  const of = (cell: Cell): CellResult => results[cells.indexOf(cell)] as CellResult;
  const calm = cells.filter(({ kind }) => kind !== 'regression');
  const harmful = cells.filter(({ kind }) => kind === 'regression');
  const bars = cells.flatMap((cell) => barsOf(cell, of(cell)));
  const missed = bars.filter(({ met }) => !met);
  const runs = (some: readonly Cell[]): string => [...new Set(some.map((cell) => of(cell).runs))].join(', ');
  return [
    '# The study of the canary judge',
    '',
    'Made by `npm run study:canary`, which gives the same bytes every time. The method, the rules it is compared',
    'with and why some aims are missed: [`docs/canary.md`](../canary.md).',
    '',
    '## False rollbacks',
    '',
    `Share of healthy canaries that are rolled back within the horizon, %. ${runs(calm)} runs a cell, α = 0.1 %.`,
    '“≤” is the upper end of the one-sided 99 % Clopper–Pearson interval.',
    '',
    row(['cell', ...nullRules, 'judge ≤']),
    rule(nullRules.length + 2),
    ...calm.map((cell) => nullRow(cell, of(cell))),
    '',
    '![false rollbacks](false-rollbacks.svg)',
    '',
    '## Time to find a regression',
    '',
    `Median seconds, and median bad requests of the canary until then. ${runs(harmful)} runs a cell; “–”: not found in`,
    'half of the runs. The tuned thresholds know the base rate, the traffic and the horizon in advance.',
    '',
    row(['cell', ...delayRules, 'judge / oracle']),
    rule(delayRules.length + 2),
    ...harmful.map((cell) => delayRow(cell, of(cell))),
    '',
    '![time to find a regression](delays.svg)',
    '',
    '## Aims',
    '',
    `${bars.length - missed.length} of ${bars.length} met.${missed.length === 0 ? '' : ' Missed:'}`,
    ...(missed.length === 0 ? [] : ['', row(['cell', 'aim', 'found']), rule(3)]),
    ...missed.map(({ cell, aim, found }) => row([cell, aim, found])),
    '',
  ].join('\n');
}

function nullRow(cell: Cell, result: CellResult): string {
  const rates = nullRules.map((name) => {
    const one = ruleOf(result, name);
    return one === null ? '–' : percent(falseRate(one, result.runs).rate);
  });
  const judge = ruleOf(result, 'judge');
  const upper = judge === null ? '–' : percent(falseRate(judge, result.runs).upper);
  return row([cell.title, ...rates, upper]);
}

function delayRow(cell: Cell, result: CellResult): string {
  const figures = delayRules.map((name) => {
    const one = ruleOf(result, name);
    return one === null || one.medianDelay === null ? '–' : `${one.medianDelay} / ${one.medianBad}`;
  });
  const judge = ruleOf(result, 'judge')?.medianDelay ?? null;
  const oracle = ruleOf(result, 'oracle')?.medianDelay ?? null;
  const quotient = judge === null || oracle === null ? '–' : (judge / oracle).toFixed(2);
  return row([cell.title, ...figures, quotient]);
}

function percent(rate: number): string {
  return (100 * rate).toFixed(rate < 0.01 ? 3 : 1);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function rule(columns: number): string {
  return `|${'---|'.repeat(columns)}`;
}

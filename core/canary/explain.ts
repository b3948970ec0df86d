import { inlineText } from '../gate/markdown.ts';
import { percent } from './reasons.ts';
import type { JudgeRecord } from './record.ts';
import { firstWith, type Moment, replay, replayWith } from './replay.ts';
import { weightsOf } from './settings.ts';

/** Other bounds on a false rollback, to see how clear the case was. */
const otherAlphas = [0.05, 0.01, 0.001, 0.0001] as const;
/** Points of the text chart: what a comment has room for. */
const chartPoints = 24;

/** Why the judge said what it said about one step: tables and a chart that GitHub draws, as Markdown. */
export function explainRecord(record: JudgeRecord, options: { readonly chart: boolean }): string {
  const moments = replay(record);
  const last = moments.at(-1);
  if (last === undefined) return 'Nothing was measured at this step.';
  const reasons = last.reasons.map(({ message }) => inlineText(message)).join('; ');
  return [
    `Judge: **${last.verdict}** after ${moments.length} readings: ${reasons}.`,
    '',
    ...armsTable(last),
    '',
    ...evidenceTable(record, last),
    '',
    ...clusterNote(record, last),
    ...whenTable(record, moments),
    ...(options.chart ? ['', ...chart(record, moments)] : []),
  ].join('\n');
}

function armsTable({ values }: Moment): readonly string[] {
  const value = (name: string): number => values[name] ?? 0;
  const row = (arm: 'canary' | 'baseline'): string => {
    const requests = value(`${arm}_requests`);
    const rate = (name: string): string => (requests === 0 ? '–' : percent(value(`${arm}_${name}`)));
    const cells = [arm, requests, value(`${arm}_errors`), rate('error_rate'), rate('slow_rate')];
    return `| ${cells.join(' | ')} |`;
  };
  return [
    '| | requests | errors | error rate | slow |',
    '|---|--:|--:|--:|--:|',
    row('canary'),
    row('baseline'),
  ];
}

/** Every metric's own evidence, and what it needs to decide by itself. */
function evidenceTable(record: JudgeRecord, { values }: Moment): readonly string[] {
  const { alpha, beta, compared = [] } = record.settings;
  const weights = weightsOf(record.settings);
  const row = (name: string, key: string, line: number): string =>
    `| ${name} | ${evidence(values[key] ?? 0)} | ${Math.round(line)} |`;
  return [
    '| evidence | e-value | decides at |',
    '|---|--:|--:|',
    row('**harm, all merged**', 'ln_e_merged', 1 / alpha),
    row('errors against the baseline', 'ln_e_errors', 1 / alpha / weights.metric.errors),
    row('slow requests against the baseline', 'ln_e_slow', 1 / alpha / weights.metric.slow),
    row('error rate against the limit', 'ln_e_absolute', 1 / alpha / weights.metric.absolute),
    row('p95 against the limit', 'ln_e_tail', 1 / alpha / weights.metric.tail),
    ...compared.map(({ name, kind }) =>
      kind === 'events'
        ? row(`${name} against the baseline`, `ln_e_of_${name}`, 1 / alpha / weights.compared)
        : row(`${name} against the baseline (no promotion)`, `ln_e_of_${name}`, 1 / alpha),
    ),
    row('**health: error rate below the limit**', 'ln_e_below_limit', 1 / beta),
  ];
}

/** Said only when more clustering was seen than was declared: then the first minutes' bound was too optimistic. */
function clusterNote({ settings }: JudgeRecord, { values }: Moment): readonly string[] {
  const { cluster = 1, dispersion = 1 } = values;
  if (cluster <= settings.cluster) return [];
  const seen = `index of dispersion ${dispersion.toFixed(1)}, judged as clusters of ${cluster.toFixed(1)}`;
  return [`Errors come in clusters (${seen}): declare \`canary.error_cluster\`, or count users.`, ''];
}

function whenTable(record: JudgeRecord, moments: readonly Moment[]): readonly string[] {
  const after = (moment: Moment | null): string =>
    moment === null ? 'not' : `after ${Math.round((moment.at - record.opening.since) / 1_000)} s`;
  const rollback = otherAlphas.map((alpha) => after(firstWith(replayWith(record, { alpha }), 'rollback')));
  return [
    `| would have been decided | ${otherAlphas.map((alpha) => `α = ${alpha}`).join(' | ')} |`,
    `|---|${'--:|'.repeat(otherAlphas.length)}`,
    `| rollback | ${rollback.join(' | ')} |`,
    '',
    `Ready: ${after(firstWith(moments, 'ready'))}.`,
  ];
}

/** Powers of ten of the merged harm and of health, as a Mermaid chart. */
function chart(record: JudgeRecord, moments: readonly Moment[]): readonly string[] {
  if (moments.length < 2) return [];
  const size = Math.min(chartPoints, moments.length);
  const points = Array.from({ length: size }, (_, i) => {
    return moments[Math.round((i * (moments.length - 1)) / (size - 1))] as Moment;
  });
  const shown = (name: string): string =>
    points
      .map(({ values }) => Math.min(6, Math.max(-4, (values[name] ?? 0) / Math.LN10)).toFixed(2))
      .join(', ');
  const seconds = points.map(({ at }) => Math.round((at - record.opening.since) / 1_000));
  return [
    '```mermaid',
    'xychart-beta',
    `  title "log10 of the e-values: harm (1), health (2), rollback at ${Math.log10(1 / record.settings.alpha).toFixed(1)} (3)"`,
    `  x-axis "s" [${seconds.join(', ')}]`,
    '  y-axis "log10 E" -4 --> 6',
    `  line [${shown('ln_e_merged')}]`,
    `  line [${shown('ln_e_below_limit')}]`,
    `  line [${points.map(() => Math.log10(1 / record.settings.alpha).toFixed(2)).join(', ')}]`,
    '```',
  ];
}

/** An e-value from its logarithm, short: 0.04, 12, 3.1e+5. */
function evidence(ln: number): string {
  const power = ln / Math.LN10;
  if (power > 300) return '> 1e+300';
  const e = Math.exp(ln);
  return power >= 4 || power < -2 ? e.toExponential(1) : String(Number(e.toPrecision(3)));
}

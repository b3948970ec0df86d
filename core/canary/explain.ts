import { inlineText } from '../gate/markdown.ts';
import { type ExplainedTable, explanationOf } from './explanation.ts';
import type { JudgeRecord } from './record.ts';
import { type Moment, replay } from './replay.ts';

/** Points of the text chart: what a comment has room for. */
const chartPoints = 24;

/** Why the judge said what it said about one step: tables and a chart that GitHub draws, as Markdown. */
export function explainRecord(record: JudgeRecord, options: { readonly chart: boolean }): string {
  const moments = replay(record);
  const explained = explanationOf(record, moments);
  if (explained === null) return 'Nothing was measured at this step.';
  const { verdict, readings, reasons, tables, clusters, ready } = explained;
  const [arms, evidence, when] = tables.map(markdownTable);
  return [
    `Judge: **${verdict}** after ${readings} readings: ${reasons.map(inlineText).join('; ')}.`,
    '',
    arms,
    '',
    evidence,
    '',
    ...(clusters === null ? [] : [clusters, '']),
    when,
    '',
    `Ready: ${ready}.`,
    ...(options.chart ? ['', ...chart(record, moments)] : []),
  ].join('\n');
}

function markdownTable({ head, rows }: ExplainedTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(head).replace('|  |', '| |'),
    `|---|${'--:|'.repeat(head.length - 1)}`,
    ...rows.map(({ cells: [name = '', ...others], decides }) =>
      line([decides ? `**${name}**` : name, ...others]),
    ),
  ].join('\n');
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

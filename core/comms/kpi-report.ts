import { cellText, codeSpan, inlineText, shortInlineText } from '../gate/markdown.ts';
import type { KpiComparison, KpiVerdict } from '../kpi/compare.ts';
import { type KpiReport, regressionsOf } from '../kpi/report.ts';
import type { Window } from '../kpi/windows.ts';
import { postable } from './safe-text.ts';

const sign: Readonly<Record<KpiVerdict, string>> = {
  worse: '❌ worse',
  better: '✅ better',
  'no difference shown': '➖ no difference shown',
  insufficient: '❔ insufficient',
};

/** One line for the timeline and for people outside the issue. */
export function kpiHeadline(report: KpiReport): string {
  const { comparisons } = report;
  const of = (verdict: KpiVerdict): number => comparisons.filter((one) => one.verdict === verdict).length;
  const parts = (['worse', 'better', 'no difference shown', 'insufficient'] as const)
    .map((verdict) => [verdict, of(verdict)] as const)
    .filter(([, count]) => count > 0)
    .map(([verdict, count]) => `${count} ${verdict}`);
  return parts.length === 0 ? 'nothing is configured to be compared' : parts.join(', ');
}

/** The report: a comment of the tracking issue, and a section of the release notes. Markdown. */
export function kpiReportText(report: KpiReport): string {
  const { windows, lateBy, others, confidence, madeAt } = report;
  const weeks = windows.before.map(span);
  const late =
    lateBy === 0
      ? []
      : [
          '',
          `⏰ **Late** by ${duration(lateBy)}: it was due at ${iso(report.dueAt)} and made at ${iso(madeAt)}.`,
        ];
  const mixed =
    others.length === 0
      ? []
      : [
          '',
          `⚠️ ${others.map(codeSpan).join(', ')} went to production meanwhile: a difference may be theirs.`,
        ];
  return postable(
    [
      `## KPIs of ${codeSpan(report.release)}, ${duration(windows.after.to - windows.after.from)} after GA: ${kpiHeadline(report)}`,
      ...late,
      ...mixed,
      '',
      kpiTable(report),
      '',
      `Since GA (${span(windows.after)}) against the same hours of the same weekdays before the release (${weeks.length === 0 ? 'there are none' : weeks.join('; ')}). Every figure is weighed by its events; hours that are not known on both sides count on neither. The intervals hold together with ${Math.round(confidence * 100)} % confidence. *Insufficient* is no zero: it is not known.`,
    ].join('\n'),
  );
}

/** What whoever answers for a figure needs: the numbers, how they were made, and what to do. Markdown. */
export function regressionBody(
  report: KpiReport,
  comparison: KpiComparison,
  facts: {
    readonly owners: readonly string[];
    readonly trackingIssue: number | null;
    readonly previous: string | null;
    readonly runbook: string | undefined;
  },
): string {
  const { owners, trackingIssue, previous, runbook } = facts;
  return postable(
    [
      `**${inlineText(comparison.name)}** got worse after ${codeSpan(report.release)}${previous === null ? '' : ` (before: ${codeSpan(previous)})`}.`,
      '',
      `- Owner: ${owners.length === 0 ? 'nobody named (`release.kpis.queries[].owner`, `release.on_call`)' : owners.join(' ')}`,
      ...(trackingIssue === null ? [] : [`- Release: #${trackingIssue}`]),
      ...(runbook === undefined ? [] : [`- Runbook: <${runbook}>`]),
      ...(report.lateBy === 0 ? [] : [`- Noticed late by ${duration(report.lateBy)}`]),
      '',
      kpiTable({ comparisons: [comparison] }),
      '',
      `Compared: ${comparison.compared} of ${comparison.expected} hours, ${amount(comparison.weights.before)} before and ${amount(comparison.weights.after)} after (${weightName(comparison.kind)}).`,
      '',
      `Since GA: ${span(report.windows.after)}. Before: ${report.windows.before.map(span).join('; ')}.`,
      ...(report.others.length === 0
        ? []
        : ['', `${report.others.map(codeSpan).join(', ')} went to production meanwhile.`]),
    ].join('\n'),
  );
}

export function regressionTitle({ release }: KpiReport, { name }: KpiComparison): string {
  return shortInlineText(`KPI regression after ${release}: ${name}`, 250);
}

/** True when somebody has to look: the words of the notification. */
export function kpiCause(report: KpiReport): string {
  const worse = regressionsOf(report).map(({ name }) => name);
  return `${kpiHeadline(report)}${worse.length === 0 ? '' : ` (${worse.join(', ')})`}`;
}

function kpiTable({ comparisons }: Pick<KpiReport, 'comparisons'>): string {
  return [
    '| KPI | before | since GA | change | verdict |',
    '|---|---|---|---|---|',
    ...comparisons.map(
      (one) =>
        `| ${cellText(one.name)} | ${figure(one, one.before)} | ${figure(one, one.after)} | ${changeText(one)} | ${sign[one.verdict]}${one.reason === null ? '' : `: ${cellText(one.reason)}`} |`,
    ),
  ].join('\n');
}

/** A figure that is insufficient has no number: one would be believed. */
function figure({ kind, verdict }: KpiComparison, value: number | null): string {
  if (value === null || verdict === 'insufficient') return '–';
  return kind === 'ratio' ? `${short(value * 100)} %` : kind === 'rate' ? `${short(value)} /s` : short(value);
}

function changeText({ kind, change, before }: KpiComparison): string {
  if (change === null) return '–';
  const scale = kind === 'ratio' ? 100 : 1;
  const unit = kind === 'ratio' ? ' points' : kind === 'rate' ? ' /s' : '';
  const share =
    before === null || before === 0 ? '' : ` (${signed((change.value / Math.abs(before)) * 100)} %)`;
  return `${signed(change.value * scale)}${unit}${share}, between ${signed(change.low * scale)} and ${signed(change.high * scale)}`;
}

function weightName(kind: KpiComparison['kind']): string {
  return { ratio: 'events that could have happened', mean: 'values', rate: 'seconds' }[kind];
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
const signed = (value: number): string => `${value > 0 ? '+' : ''}${short(value)}`.replace('-', '−');
const amount = (value: number): string => Math.round(value).toLocaleString('en-US');
const iso = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
const span = ({ from, to }: Window): string => `${iso(from)} – ${iso(to)} UTC`;

function duration(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const;
  const [unit, size] = units.find(([, one]) => ms >= one * (one === 86_400_000 ? 2 : 1)) ?? ['ms', 1];
  return `${Number((ms / size).toFixed(1))} ${unit}`;
}

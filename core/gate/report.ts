import type { Annotation } from './effect.ts';
import { cellText, codeSpan, inlineText } from './markdown.ts';
import { checkNameOf } from './names.ts';
import { type MeasuredTable, measuredTables } from './report-tables.ts';
import type { Finding, GateResult, Verdict } from './result.ts';
import { plural } from './verdict.ts';

/** GitHub refuses a check run whose summary is longer, in characters. */
export const checkSummaryLimit = 65_535;
/** GitHub takes so many annotations in one request; more need further requests. */
export const annotationBatchSize = 50;
/** Room that GitHub leaves for an annotation's title and message, in characters. */
const titleLimit = 255;
const messageLimit = 60_000;

/** What a check run shows. `annotations` are not batched: see `batchAnnotations`. */
export interface CheckOutput {
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly Annotation[];
}

const sign: Readonly<Record<Verdict, string>> = {
  pass: '✅',
  warn: '⚠️',
  fail: '❌',
  inconclusive: '❔',
  skipped: '⏭️',
};

/** The title is the verdict and the reason in one line; the summary is the report, cut honestly when too long. */
export function checkOutput(result: GateResult): CheckOutput {
  return {
    title: clip(`${result.verdict}: ${result.summary.replace(/\s+/g, ' ')}`, titleLimit),
    summary: renderReport(result, checkSummaryLimit),
    annotations: annotationsOf(result),
  };
}

/**
 * The report of a result in Markdown, at most `limit` characters. When it does not fit, whole findings are left
 * out from the end and the report says how many.
 */
export function renderReport(result: GateResult, limit: number = Number.POSITIVE_INFINITY): string {
  const head = renderHead(result);
  const tail = renderTail(result);
  const lines = [...result.findings].sort(worstFirst).map(renderFinding);
  const reserve = 200;
  let room = limit - head.length - tail.length - reserve;
  let shown = 0;
  while (shown < lines.length && room >= (lines[shown]?.length ?? 0) + 1) {
    room -= (lines[shown]?.length ?? 0) + 1;
    shown++;
  }
  const hidden = lines.length - shown;
  const note =
    hidden === 0
      ? ''
      : `\n… ${plural(hidden, 'further finding')} not shown here for want of room; the result file has all ${lines.length}.\n`;
  return clip(
    `${head}${lines.slice(0, shown).join('\n')}${lines.length > 0 ? '\n' : ''}${note}${tail}`,
    limit,
  );
}

/** Stable: findings of one level stay in the order of their places. */
function worstFirst(left: Finding, right: Finding): number {
  const order = { error: 0, warning: 1, notice: 2 };
  return order[left.level] - order[right.level];
}

function renderHead(result: GateResult): string {
  const title = `### ${sign[result.verdict]} ${checkNameOf[result.gate]}: ${result.verdict}`;
  return `${title}\n\n${inlineText(result.summary)}\n${result.findings.length > 0 ? '\n' : ''}`;
}

function renderFinding(finding: Finding): string {
  const mark = { error: '❌', warning: '⚠️', notice: 'ℹ️' }[finding.level];
  const place = finding.path === undefined ? '' : ` at ${codeSpan(placeOf(finding))}`;
  return `- ${mark} \`${finding.code}\`${place}: ${inlineText(finding.message)}\n  ${inlineText(finding.help)}`;
}

function renderTail(result: GateResult): string {
  const simple = Object.entries(result.measurements).filter(
    ([, value]) => typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean',
  );
  const rows = simple
    .slice(0, 40)
    .map(([name, value]) => `| ${cellText(name)} | ${cellText(String(value).slice(0, 200))} |`);
  const table = rows.length === 0 ? '' : `\n| measured | value |\n|---|---|\n${rows.join('\n')}\n`;
  const lists = measuredTables(result.measurements).map(renderTable).join('');
  const evidence = result.evidence.slice(0, 40).map((file) => codeSpan(file.path));
  const more = result.evidence.length - evidence.length;
  const files =
    evidence.length === 0 ? '' : `\nEvidence: ${evidence.join(', ')}${more > 0 ? ` and ${more} more` : ''}\n`;
  return `${table}${lists}${files}\n<sub>commit ${codeSpan(result.subject.sha.slice(0, 12))} · config ${codeSpan(
    result.inputs.config_sha256.slice(0, 12),
  )} · ${cellText(result.tool.name)} ${cellText(result.tool.version)}</sub>\n`;
}

function renderTable({ title, columns, rows, hidden }: MeasuredTable): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(cellText).join(' | ')} |`;
  const more = hidden === 0 ? '' : `\n… and ${hidden} more\n`;
  const rule = `|${columns.map(() => '---|').join('')}`;
  return `\n**${title}**\n\n${[row(columns), rule, ...rows.map(row)].join('\n')}\n${more}`;
}

function placeOf(finding: Finding): string {
  const parts = [finding.path, finding.line, finding.line === undefined ? undefined : finding.column];
  return parts.filter((part) => part !== undefined).join(':');
}

/** Findings that have a place, as annotations on it; a finding without a line is shown on the file's first. */
export function annotationsOf(result: GateResult): Annotation[] {
  const level = { error: 'failure', warning: 'warning', notice: 'notice' } as const;
  return result.findings.flatMap((finding) =>
    finding.path === undefined
      ? []
      : [
          {
            path: finding.path,
            startLine: finding.line ?? 1,
            endLine: finding.line ?? 1,
            level: level[finding.level],
            title: clip(finding.code, titleLimit),
            message: clip(`${finding.message}\n${finding.help}`, messageLimit),
          },
        ],
  );
}

/** Groups of at most 50: one request each. */
export function batchAnnotations(annotations: readonly Annotation[]): Annotation[][] {
  const batches: Annotation[][] = [];
  for (let from = 0; from < annotations.length; from += annotationBatchSize) {
    batches.push(annotations.slice(from, from + annotationBatchSize));
  }
  return batches;
}

/** The text itself when it fits, else its beginning with an ellipsis, never cutting a surrogate pair in two. */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, Math.max(0, limit - 1));
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

import { type MeasuredTable, measuredTables } from '../core/gate/report-tables.ts';
import type { Finding, GateResult, Verdict } from '../core/gate/result.ts';

const marks: Readonly<Record<Verdict, string>> = {
  pass: '✔',
  warn: '▲',
  fail: '✖',
  inconclusive: '?',
  skipped: '–',
};

/** A gate's result for a terminal: the verdict, then every finding with its place and what to do. */
export function renderGate(result: GateResult): string {
  const { gate, verdict, summary, findings, evidence } = result;
  return [
    `${marks[verdict]} ${gate}: ${verdict}. ${harmless(summary)}`,
    ...findings.flatMap(renderFinding),
    ...measuredTables(result.measurements).flatMap(renderTable),
    ...(evidence.length === 0 ? [] : ['', `evidence: ${evidence.map(({ path }) => path).join(', ')}`]),
  ].join('\n');
}

/** Columns as wide as their longest cell. */
function renderTable({ title, columns, rows, hidden }: MeasuredTable): string[] {
  const lines = [columns, ...rows].map((row) => row.map(harmless));
  const widths = columns.map((_, i) => Math.max(...lines.map((row) => row[i]?.length ?? 0)));
  const text = lines.map((row) =>
    indent(
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
  );
  return ['', title, ...text, ...(hidden === 0 ? [] : [indent(`… and ${hidden} more`)])];
}

function renderFinding({ path, line, column, level, code, message, help }: Finding): string[] {
  const place = [path, line, column].filter((part) => part !== undefined).join(':');
  return [
    '',
    `${place === '' ? '' : `${harmless(place)}: `}${level}: ${code}`,
    ...harmless(message).split('\n').map(indent),
    ...harmless(help)
      .split('\n')
      .map((text, index) => (index === 0 ? `  → ${text}` : indent(text))),
  ];
}

function indent(text: string): string {
  return `  ${text}`;
}

/** File names and messages come from the change under test; control characters would speak to the terminal. */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\uFFFD');
}

import { pictureFiles } from '../../../core/chart/picture-files.ts';
import { type Color, colors, type Scene, type Shape } from '../../../core/chart/scene.ts';
import type { EvidenceFile } from '../../../core/gate/gate.ts';
import type { VulnerabilityJudgement } from './judge.ts';
import { type Severity, severities, type Vulnerability } from './model.ts';

interface Row {
  readonly severity: Severity;
  readonly added: number;
  readonly kept: number;
  readonly accepted: number;
  /** Days since the oldest of them was published; null when no report says. */
  readonly oldest: number | null;
}

const day = 86_400_000;
const width = 760;
const rowHeight = 30;
const left = 110;
const full = 340;

/**
 * `sbom/vulnerabilities.svg` and `.png`: how many weaknesses of each severity the release adds, keeps and excuses, and how
 * old the oldest is. None when nothing was scanned.
 */
export function vulnerabilityCharts(judgement: VulnerabilityJudgement, now: number): readonly EvidenceFile[] {
  if (!judgement.scanned) return [];
  const rows = severities.map((severity) => rowOf(severity, judgement, now));
  return pictureFiles('sbom/vulnerabilities', sceneOf(rows));
}

function rowOf(severity: Severity, { difference, accepted }: VulnerabilityJudgement, now: number): Row {
  const of = (list: readonly Vulnerability[]): Vulnerability[] =>
    list.filter((one) => one.severity === severity);
  const added = of(difference.added);
  const kept = of(difference.kept);
  const times = [...added, ...kept].flatMap(({ published }) => published ?? []);
  return {
    severity,
    added: added.length,
    kept: kept.length,
    accepted: accepted.filter(({ vulnerability }) => vulnerability.severity === severity).length,
    oldest: times.length === 0 ? null : Math.max(0, Math.floor((now - Math.min(...times)) / day)),
  };
}

function sceneOf(rows: readonly Row[]): Scene {
  const most = Math.max(1, ...rows.map(({ added, kept, accepted }) => added + kept + accepted));
  const added = rows.reduce((sum, row) => sum + row.added, 0);
  const kept = rows.reduce((sum, row) => sum + row.kept, 0);
  return {
    width,
    height: 64 + rows.length * rowHeight,
    title: `Vulnerabilities by severity: ${added} new, ${kept} known`,
    shapes: [
      text(16, 28, 'Vulnerabilities', colors.ink, 16),
      text(left + 60, 28, 'red: new in this release, amber: known, grey: accepted', colors.muted),
      ...rows.flatMap((row, index) => barOf(row, 48 + index * rowHeight, full / most)),
    ],
  };
}

function barOf(row: Row, y: number, unit: number): Shape[] {
  const parts: readonly (readonly [number, Color])[] = [
    [row.added, colors.bad],
    [row.kept, colors.warn],
    [row.accepted, colors.quiet],
  ];
  let x = left;
  const bars = parts.flatMap(([count, fill]): Shape[] => {
    const from = x;
    x += count * unit;
    return count === 0
      ? []
      : [{ kind: 'rect', x: from, y, width: count * unit, height: rowHeight - 10, fill }];
  });
  const age = row.oldest === null ? '' : `, oldest ${row.oldest} d`;
  const counts = `${row.added} new, ${row.kept} known, ${row.accepted} accepted${age}`;
  return [
    text(16, y + 15, row.severity, colors.ink),
    ...bars,
    text(Math.max(x, left) + 10, y + 15, counts, colors.ink),
  ];
}

function text(x: number, y: number, words: string, fill: Color, size = 12): Shape {
  return { kind: 'text', x, y, text: words, size, fill };
}

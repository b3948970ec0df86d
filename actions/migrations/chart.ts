import { pictureFiles } from '../../core/chart/picture-files.ts';
import { type Color, colors, type Scene, type Shape } from '../../core/chart/scene.ts';
import type { EvidenceFile } from '../../core/gate/gate.ts';
import { plural } from '../../core/gate/verdict.ts';
import type { MigrationsFacts, ObservedStatement } from './facts.ts';
import { linesIn } from './sql/lines.ts';
import { isStronger, type Lock, type LockMode, lockModes, locksOf, strongest } from './sql/locks.ts';

/** One statement that keeps others waiting. */
interface Bar {
  readonly place: string;
  readonly mode: LockMode;
  readonly tables: string;
  readonly notes: string;
}

const width = 760;
const rowHeight = 22;
const left = 250;
const full = 220;
const shown = 20;

/** `migrations/locks.svg` and `.png`: each statement under test with the strongest lock it takes; none without locks. */
export function lockCharts(facts: MigrationsFacts): readonly EvidenceFile[] {
  const bars = barsOf(facts);
  if (bars.length === 0) return [];
  return pictureFiles('migrations/locks', lockScene(bars));
}

function barsOf({ migrations, dryRun }: MigrationsFacts): readonly Bar[] {
  const seen = dryRun.state === 'done' ? dryRun.statements.filter(({ direction }) => direction === 'up') : [];
  const observed = new Map(seen.map((one) => [`${one.path}\n${one.index}`, one]));
  return migrations
    .filter(({ judged }) => judged)
    .flatMap(({ path, bytes, scripts }) => {
      const lineOf = linesIn(bytes);
      const up = scripts.find(({ direction }) => direction === 'up');
      return (up?.statements ?? []).slice(0, 1_000).flatMap((statement) => {
        const place = `${path.slice(path.lastIndexOf('/') + 1)}:${lineOf(statement.start)}`;
        const bar = barOf(place, locksOf(statement), observed.get(`${path}\n${statement.index}`));
        return isStronger(bar.mode, 'RowExclusive') ? [bar] : [];
      });
    });
}

/** What was seen counts more than what the text says. */
function barOf(place: string, byText: readonly Lock[], seen: ObservedStatement | undefined): Bar {
  const locks = seen?.locks ?? byText;
  const mode = strongest(locks);
  const tables = [...new Set(locks.filter((lock) => lock.mode === mode).map(({ table }) => table ?? '?'))];
  const notes = [
    ...(seen?.rewritten.length ? ['rewrites'] : []),
    ...(seen?.scanned.length ? ['scans'] : []),
    ...(seen !== undefined && seen.durationMs >= 1 ? [`${Math.round(seen.durationMs)} ms`] : []),
  ];
  return { place, mode, tables: tables.join(', '), notes: notes.join(', ') };
}

function lockScene(bars: readonly Bar[]): Scene {
  const rows = bars.slice(0, shown);
  const more = bars.length - rows.length;
  const text = (x: number, y: number, words: string, fill: Color, size = 12): Shape => ({
    kind: 'text',
    x,
    y,
    text: words,
    size,
    fill,
  });
  return {
    width,
    height: 64 + rows.length * rowHeight + (more > 0 ? rowHeight : 8),
    title: `${plural(bars.length, 'statement')} under test with locks that others feel`,
    shapes: [
      text(16, 28, 'Locks that others feel', colors.ink, 16),
      text(left, 28, 'red: readers wait, amber: writers wait, grey: schema changes wait', colors.muted),
      ...rows.flatMap((bar, index) => {
        const y = 48 + index * rowHeight;
        const length = (full * lockModes.indexOf(bar.mode)) / (lockModes.length - 1);
        return [
          text(16, y + 13, clip(bar.place, 34), colors.ink),
          {
            kind: 'rect',
            x: left,
            y,
            width: length,
            height: rowHeight - 6,
            fill: colorOf(bar.mode),
          } as const,
          text(left + full + 12, y + 13, clip(`${bar.mode} ${bar.tables}  ${bar.notes}`, 44), colors.ink),
        ];
      }),
      ...(more > 0 ? [text(16, 61 + rows.length * rowHeight, `and ${more} more`, colors.muted)] : []),
    ],
  };
}

function colorOf(mode: LockMode): Color {
  if (mode === 'AccessExclusive') return colors.bad;
  return isStronger(mode, 'ShareUpdateExclusive') ? colors.warn : colors.quiet;
}

function clip(words: string, length: number): string {
  return words.length > length ? `${words.slice(0, length - 3)}...` : words.trimEnd();
}

import { linearScale, linearTicks } from '../chart/axis.ts';
import { type Color, colors, type Scene, type Shape } from '../chart/scene.ts';
import type { KpiComparison, KpiVerdict } from './compare.ts';
import type { KpiReport } from './report.ts';

const width = 720;
const plot = { left: 250, right: 690, top: 64 };
const row = 34;

const colorOf: Readonly<Record<KpiVerdict, Color>> = {
  worse: colors.bad,
  better: colors.good,
  'no difference shown': colors.accent,
  insufficient: colors.quiet,
};

/** Every figure's relative change with its interval, against the same hours before. */
export function kpiChart({ release, comparisons }: KpiReport): Scene {
  const shares = comparisons.map(relative);
  const reach = Math.max(
    0.05,
    ...shares.flatMap((share) => (share === null ? [] : [-share.low, share.high])),
  );
  const edge = Math.min(reach * 1.1, 3);
  const x = linearScale(-edge, edge, plot.left, plot.right);
  const bottom = plot.top + comparisons.length * row;
  return {
    width,
    height: bottom + 40,
    title: `KPIs after ${release}: ${comparisons.map(({ name, verdict }) => `${name} ${verdict}`).join(', ')}`,
    shapes: [
      text(20, 30, `KPIs after ${release}, change against the same hours before`, colors.ink, 'start', 15),
      ...axis(x, edge, bottom),
      ...comparisons.flatMap((comparison, index) =>
        line(comparison, shares[index] ?? null, x, plot.top + index * row + row / 2),
      ),
    ],
  };
}

interface Share {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The change as a share of the former value; null when there is none to be a share of. */
function relative({ change, before }: KpiComparison): Share | null {
  if (change === null || before === null || before === 0) return null;
  const of = (value: number): number => value / Math.abs(before);
  return { value: of(change.value), low: of(change.low), high: of(change.high) };
}

function axis(x: (value: number) => number, edge: number, bottom: number): readonly Shape[] {
  const ticks = linearTicks(-edge, edge, 6);
  return ticks.flatMap((tick): readonly Shape[] => [
    stroke([x(tick), plot.top - 8], [x(tick), bottom], tick === 0 ? colors.muted : colors.grid, 1),
    text(
      x(tick),
      bottom + 20,
      `${tick > 0 ? '+' : ''}${Number((tick * 100).toPrecision(3))} %`,
      colors.muted,
      'middle',
      11,
    ),
  ]);
}

function line(
  { name, verdict }: KpiComparison,
  share: Share | null,
  x: (value: number) => number,
  y: number,
): readonly Shape[] {
  const color = colorOf[verdict];
  const label = text(plot.left - 14, y + 4, name.slice(0, 34), colors.ink, 'end', 12);
  if (share === null) return [label, text(x(0) + 8, y + 4, verdict, color, 'start', 11)];
  return [
    label,
    stroke([x(share.low), y], [x(share.high), y], color, 3),
    stroke([x(share.low), y - 6], [x(share.low), y + 6], color, 1.5),
    stroke([x(share.high), y - 6], [x(share.high), y + 6], color, 1.5),
    { kind: 'dot', x: x(share.value), y, radius: 5, fill: color },
  ];
}

function stroke(
  from: readonly [number, number],
  to: readonly [number, number],
  color: Color,
  thickness: number,
): Shape {
  return { kind: 'line', points: [from, to], stroke: color, width: thickness };
}

function text(
  x: number,
  y: number,
  words: string,
  fill: Color,
  anchor: 'start' | 'middle' | 'end',
  size: number,
): Shape {
  return { kind: 'text', x, y, text: words, size, fill, anchor };
}

import { linearScale, logScale } from '../../core/chart/axis.ts';
import { pictureFiles } from '../../core/chart/picture-files.ts';
import { type Color, colors, type Scene, type Shape } from '../../core/chart/scene.ts';
import type { EvidenceFile } from '../../core/gate/gate.ts';
import { burnRate, exceeds } from './burn.ts';
import type { Objective } from './judge.ts';
import type { TimelinePoint } from './model.ts';
import { burnRules, errorBudget, formatWindow } from './windows.ts';
import { periodName } from './words.ts';

const width = 720;
const height = 380;
/** Without the line of the last days. */
const shortHeight = 272;
const plot = { left: 64, right: width - 24, top: 84, bottom: 236 };
const lower = { top: 276, bottom: height - 30 };
const lowest = 0.01;

/** `slo/<name>.png` and `.svg`: burn rate by window against the limits, and over the last days where known. */
export function burnCharts(
  objective: Objective,
  timeline: readonly TimelinePoint[],
  name: string,
): readonly EvidenceFile[] {
  return pictureFiles(`slo/${name}`, burnScene(objective, timeline));
}

export function burnScene(objective: Objective, timeline: readonly TimelinePoint[]): Scene {
  const { slo, budgetLeft, verdict } = objective;
  const left = budgetLeft === null ? 'budget left unknown' : `budget left ${(100 * budgetLeft).toFixed(1)} %`;
  const promise = `${Number((100 * slo.target).toPrecision(10))} % over ${periodName(slo)}`;
  const strip = line(objective, timeline);
  return {
    width,
    height: strip.length === 0 ? shortHeight : height,
    title: `${slo.name}: ${promise}, ${left}, ${verdict}`,
    shapes: [
      text(24, 34, slo.name, 20, colors.ink),
      text(24, 58, `${promise} · ${left} · ${verdict}`, 13, colorOf(verdict)),
      ...bars(objective),
      ...strip,
    ],
  };
}

/** One bar a window, by orders of magnitude; a mark at the limit of the rule whose long window it is. */
function bars({ slo, period, windows }: Objective): readonly Shape[] {
  const budget = errorBudget(slo.target);
  const rates = windows.map((count) => ({ windowMs: count.windowMs, rate: burnRate(count, budget) }));
  const highest = Math.max(
    100,
    ...rates.map(({ rate }) => (rate !== null && Number.isFinite(rate) ? rate : 0)),
  );
  const y = logScale(lowest, highest, plot.bottom, plot.top);
  const limits = new Map(burnRules(period.lengthMs).map(({ longMs, factor }) => [longMs, factor]));
  const slot = (plot.right - plot.left) / Math.max(1, rates.length);
  const shapes: Shape[] = [...grid(y, highest), text(24, plot.top - 10, 'burn rate', 11, colors.muted)];
  rates.forEach(({ windowMs, rate }, index) => {
    const limit =
      limits.get(windowMs) ?? (windowMs === period.windowMs ? period.lengthMs / period.windowMs : undefined);
    const x = plot.left + slot * (index + 0.2);
    const middle = plot.left + slot * (index + 0.5);
    const over = rate !== null && limit !== undefined && exceeds(rate, limit);
    const fill = over ? colors.bad : rate !== null && exceeds(rate, 1) ? colors.warn : colors.good;
    if (rate !== null) {
      const top = Math.min(y(rate), plot.bottom - 1.5);
      shapes.push({ kind: 'rect', x, y: top, width: slot * 0.6, height: plot.bottom - top, fill });
      shapes.push(text(middle, top - 6, shown(rate), 11, colors.ink, 'middle'));
    } else shapes.push(text(middle, plot.bottom - 8, 'none', 11, colors.quiet, 'middle'));
    if (limit !== undefined) {
      const at = y(limit);
      const points = [
        [middle - slot * 0.42, at],
        [middle + slot * 0.42, at],
      ] as const;
      shapes.push({ kind: 'line', points, stroke: colors.bad, width: 1.5, dashed: true });
    }
    shapes.push(
      text(
        middle,
        plot.bottom + 18,
        windowMs === period.windowMs && period.calendar !== null ? 'calendar' : windowName(windowMs),
        11,
        colors.muted,
        'middle',
      ),
    );
  });
  return shapes;
}

function grid(y: (value: number) => number, highest: number): readonly Shape[] {
  const shapes: Shape[] = [];
  for (let value = lowest; value <= highest * 1.0001; value *= 10) {
    const points = [
      [plot.left, y(value)],
      [plot.right, y(value)],
    ] as const;
    shapes.push({ kind: 'line', points, stroke: colors.grid, width: 0.75 });
    shapes.push(
      text(plot.left - 8, y(value) + 4, `${Number(value.toPrecision(1))}×`, 10, colors.muted, 'end'),
    );
  }
  return shapes;
}

/** Burn rate over the last days, hour by hour. */
function line({ slo }: Objective, timeline: readonly TimelinePoint[]): readonly Shape[] {
  const budget = errorBudget(slo.target);
  const points = timeline.flatMap(({ at, bad, total }) =>
    total > 0 ? [{ at, rate: bad / total / budget }] : [],
  );
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 2) return [];
  const highest = Math.max(2, ...points.map(({ rate }) => rate));
  const x = linearScale(first.at, last.at, plot.left, plot.right);
  const y = linearScale(0, highest, lower.bottom, lower.top);
  const rule = (value: number, stroke: Color, dashed: boolean): Shape => ({
    kind: 'line',
    points: [
      [plot.left, y(value)],
      [plot.right, y(value)],
    ],
    stroke,
    width: 0.75,
    dashed,
  });
  const day = (at: number): string => new Date(at).toISOString().slice(5, 16).replace('T', ' ');
  return [
    rule(0, colors.grid, false),
    rule(1, colors.warn, true),
    text(plot.left - 8, y(1) + 4, '1×', 10, colors.muted, 'end'),
    text(plot.left - 8, y(highest) + 4, `${shown(highest)}×`, 10, colors.muted, 'end'),
    {
      kind: 'line',
      points: points.map((point) => [x(point.at), y(point.rate)]),
      stroke: colors.accent,
      width: 1.5,
    },
    text(plot.left, height - 12, day(first.at), 10, colors.muted),
    text(plot.right, height - 12, `${day(last.at)} UTC`, 10, colors.muted, 'end'),
  ];
}

function text(
  x: number,
  y: number,
  words: string,
  size: number,
  fill: Color,
  anchor: 'start' | 'middle' | 'end' = 'start',
): Shape {
  return { kind: 'text', x, y, text: words, size, fill, anchor };
}

function colorOf(verdict: string): Color {
  switch (verdict) {
    case 'pass':
      return colors.good;
    case 'fail':
      return colors.bad;
    default:
      return colors.warn;
  }
}

function shown(rate: number): string {
  return rate === 0 ? '0' : rate < 0.01 ? '<0.01' : Number(rate.toPrecision(2)).toString();
}

function windowName(ms: number): string {
  return ms > 3_650 * 86_400_000 ? 'since start' : formatWindow(ms);
}

import { linearScale, linearTicks } from '../chart/axis.ts';
import { type Color, colors, type Scene, type Shape } from '../chart/scene.ts';
import type { JudgeRecord } from './record.ts';
import { firstWith, type Moment, replay } from './replay.ts';

const width = 720;
const height = 320;
const plot = { left: 76, right: 690, top: 40, bottom: 270 };
/** Powers of ten that are shown; evidence beyond them is drawn at the edge. */
const range = { low: -4, high: 6 };

/** The e-values of one step over time, with the lines at which they decide. */
export function judgeChart(record: JudgeRecord): Scene {
  const moments = replay(record);
  const from = record.opening.since;
  const seconds = (at: number): number => (at - from) / 1_000;
  const last = Math.max(1, seconds(moments.at(-1)?.at ?? from));
  const x = linearScale(0, last, plot.left, plot.right);
  const y = linearScale(range.low, range.high, plot.bottom, plot.top);
  const curve = (name: string, stroke: Color, dashed = false): Shape => ({
    kind: 'line',
    points: moments.map(({ at, values }) => [x(seconds(at)), y((values[name] ?? 0) / Math.LN10)] as const),
    stroke,
    width: dashed ? 1.25 : 2,
    dashed,
  });
  const harm = Math.log10(1 / record.settings.alpha);
  const health = Math.log10(1 / record.settings.beta);
  return {
    width,
    height,
    title: `Evidence of the canary judge at step ${record.opening.step}: ${moments.at(-1)?.verdict ?? 'no readings'}`,
    shapes: [
      ...axes(last, x, y),
      ...level(y(harm), `roll back: harm ≥ ${Math.round(1 / record.settings.alpha)}`, colors.bad),
      ...level(y(health), `healthy: ≥ ${Math.round(1 / record.settings.beta)}`, colors.good),
      ...(moments.length > 1
        ? [
            curve('ln_e_errors', colors.quiet, true),
            curve('ln_e_slow', colors.warn, true),
            curve('ln_e_below_limit', colors.good),
            curve('ln_e_merged', colors.bad),
          ]
        : []),
      ...decided(moments, (at) => x(seconds(at))),
      ...legend(),
    ],
  };
}

function axes(last: number, x: (v: number) => number, y: (v: number) => number): readonly Shape[] {
  const shapes: Shape[] = [];
  for (let power = range.low; power <= range.high; power += 2) {
    shapes.push(line([plot.left, y(power)], [plot.right, y(power)], colors.grid));
    shapes.push(label(plot.left - 8, y(power) + 4, tenTo(power), colors.muted, 'end'));
  }
  const [unit, name] = last < 300 ? [1, 's'] : [60, 'min'];
  for (const tick of linearTicks(0, last / unit, 6)) {
    shapes.push(label(x(tick * unit), plot.bottom + 18, `${tick} ${name}`, colors.muted, 'middle'));
  }
  shapes.push(label(plot.left, 22, 'e-value since the beginning of the step', colors.ink, 'start', 14));
  return shapes;
}

function tenTo(power: number): string {
  return power >= 0 ? String(10 ** power) : (10 ** power).toFixed(-power);
}

function level(y: number, text: string, stroke: Color): readonly Shape[] {
  const points = [
    [plot.left, y],
    [plot.right, y],
  ] as const;
  return [
    { kind: 'line', points, stroke, width: 1, dashed: true },
    label(plot.left + 6, y - 4, text, stroke, 'start'),
  ];
}

function decided(moments: readonly Moment[], x: (at: number) => number): readonly Shape[] {
  const rollback = firstWith(moments, 'rollback');
  const ready = firstWith(moments, 'ready');
  const mark = (moment: Moment | null, text: string, stroke: Color): readonly Shape[] =>
    moment === null
      ? []
      : [
          line([x(moment.at), plot.top], [x(moment.at), plot.bottom], stroke),
          label(x(moment.at) - 6, plot.top + 12, text, stroke, 'end'),
        ];
  return [...mark(rollback, 'rollback', colors.bad), ...mark(ready, 'ready', colors.good)];
}

function legend(): readonly Shape[] {
  const entries: readonly (readonly [string, Color])[] = [
    ['harm, all metrics merged', colors.bad],
    ['errors', colors.quiet],
    ['slow requests', colors.warn],
    ['health', colors.good],
  ];
  return entries.flatMap(([text, color], i): readonly Shape[] => {
    const left = plot.left + i * 165;
    return [
      { kind: 'dot', x: left + 4, y: height - 18, radius: 4, fill: color },
      label(left + 14, height - 14, text, colors.muted, 'start'),
    ];
  });
}

function line(from: readonly [number, number], to: readonly [number, number], stroke: Color): Shape {
  return { kind: 'line', points: [from, to], stroke, width: 1 };
}

function label(
  x: number,
  y: number,
  text: string,
  fill: Color,
  anchor: 'start' | 'middle' | 'end',
  size = 11,
): Shape {
  return { kind: 'text', x, y, text, size, fill, anchor };
}

import { linearScale, linearTicks } from '../../core/chart/axis.ts';
import { pictureFiles } from '../../core/chart/picture-files.ts';
import { type Color, colors, type Scene, type Shape } from '../../core/chart/scene.ts';
import type { EvidenceFile } from '../../core/gate/gate.ts';
import { show } from './budgets.ts';
import { label } from './chart.ts';
import { type Headroom, holds, type LoadStep } from './headroom.ts';
import type { HeadroomOptions } from './options.ts';

const [width, height] = [720, 360];
const [left, right, top, bottom] = [76, width - 24, 84, height - 56];

/**
 * `perf/headroom.svg` and `.png`: the objective's metric at each step of the load, the capacity between the last step
 * that held it and the first that did not, and the forecast peak with its interval. None where nothing was measured.
 */
export function headroomCharts(
  options: HeadroomOptions | undefined,
  headroom: Headroom,
  steps: readonly LoadStep[],
): readonly EvidenceFile[] {
  if (options === undefined || headroom.state !== 'measured') return [];
  return pictureFiles('perf/headroom', headroomScene(options, headroom, steps));
}

type Measured = Extract<Headroom, { state: 'measured' }>;

export function headroomScene(
  options: HeadroomOptions,
  { capacity, peak, headroom }: Measured,
  steps: readonly LoadStep[],
): Scene {
  const { metric, max } = options.slo;
  const color = headroom.low >= options.min ? colors.good : colors.bad;
  const rates = [...steps.map(({ offered }) => offered), peak.high, capacity.high ?? capacity.low];
  const widest = 1.05 * rates.reduce((a, b) => Math.max(a, b));
  const values = steps.flatMap(({ value }) => value ?? []);
  const highest = Math.min(
    3 * max,
    values.reduce((a, b) => Math.max(a, b), 1.3 * max),
  );
  const x = linearScale(0, widest, left, right);
  const y = linearScale(0, highest, bottom, top);
  const found = `headroom ${(100 * headroom.low).toFixed(1)} %, asked for ${100 * options.min} %`;
  return {
    width,
    height,
    title: `${metric}: ${found}; capacity ${show(capacity.low)} req/s, peak ${show(peak.high)} req/s`,
    shapes: [
      label(24, 34, `headroom at ${metric} of at most ${max}`, 20, colors.ink),
      label(24, 58, found, 13, color),
      ...linearTicks(0, highest, 4).flatMap((tick) => [
        line([left, y(tick)], [right, y(tick)], colors.grid, false),
        label(left - 8, y(tick) + 4, show(tick), 10, colors.muted, 'end'),
      ]),
      ...linearTicks(0, widest, 6).map((tick) =>
        label(x(tick), bottom + 18, show(tick), 10, colors.muted, 'middle'),
      ),
      label(right, bottom + 38, 'requests a second', 10, colors.muted, 'end'),
      line([left, y(max)], [right, y(max)], colors.bad, true),
      // As wide as the interval around the forecast.
      rect(x(peak.low), x(peak.high), colors.accent),
      label(x(peak.high), top - 6, `peak ${show(peak.high)}`, 11, colors.accent, 'end'),
      rect(x(capacity.low), x(capacity.low), color),
      label(x(capacity.low) + 6, bottom - 8, `capacity ${show(capacity.low)}`, 11, color),
      ...steps.map((step) => dot(step, x(step.offered), y, options)),
    ],
  };
}

/** A step beyond the top of the picture, or without a value, lies at its edge. */
function dot(step: LoadStep, x: number, y: (value: number) => number, options: HeadroomOptions): Shape {
  const fill = holds(step, options) ? colors.good : colors.bad;
  return { kind: 'dot', x, y: y(step.value ?? Number.POSITIVE_INFINITY), radius: 4, fill };
}

function rect(from: number, to: number, fill: Color): Shape {
  return { kind: 'rect', x: from, y: top, width: Math.max(2, to - from), height: bottom - top, fill };
}

function line(
  from: readonly [number, number],
  to: readonly [number, number],
  stroke: Color,
  dashed: boolean,
): Shape {
  return { kind: 'line', points: [from, to], stroke, width: dashed ? 1.5 : 0.75, dashed };
}

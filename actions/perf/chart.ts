import { linearScale, linearTicks } from '../../core/chart/axis.ts';
import { pictureFiles } from '../../core/chart/picture-files.ts';
import { type Color, colors, type Scene, type Shape } from '../../core/chart/scene.ts';
import type { EvidenceFile } from '../../core/gate/gate.ts';
import { show } from './budgets.ts';
import type { Comparison } from './compare.ts';
import type { Drift } from './drift.ts';
import type { Baseline } from './model.ts';

const width = 720;
const panelHeight = 190;
const left = 76;
const right = width - 24;
/** More panels than this make a picture that nobody looks at. */
const maxPanels = 6;

/** `perf/trend.svg` and `.png`: every compared metric over its past runs, and this run. None without a past. */
export function trendCharts(
  comparisons: readonly Comparison[],
  drifts: readonly Drift[],
  baseline: Baseline | null,
): readonly EvidenceFile[] {
  const worst = { regressed: 0, uncertain: 1, ok: 2 } as const;
  const panels = comparisons.toSorted((a, b) => worst[a.state] - worst[b.state]).slice(0, maxPanels);
  if (panels.length === 0 || baseline === null) return [];
  const scene: Scene = {
    width,
    height: panels.length * panelHeight + 16,
    title: panels
      .map((one) => `${one.metric}: ${show(one.current)} after ${show(one.baseline)}, ${one.state}`)
      .join('; '),
    shapes: panels.flatMap((comparison, index) =>
      panel(
        comparison,
        drifts.find(({ metric }) => metric === comparison.metric),
        baseline,
        index * panelHeight,
      ),
    ),
  };
  return pictureFiles('perf/trend', scene);
}

function panel(
  comparison: Comparison,
  drift: Drift | undefined,
  baseline: Baseline,
  offset: number,
): readonly Shape[] {
  const { metric, current } = comparison;
  const drifted = drift?.drifted === true && comparison.state === 'ok';
  const state = drifted ? 'drifted' : comparison.state;
  const past = baseline.runs.flatMap((run) => run.metrics[metric]?.value ?? []);
  const values = [...past, current, ...(drift === undefined ? [] : [drift.best])];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = (high - low || high || 1) * 0.15;
  const [top, bottom] = [offset + 52, offset + panelHeight - 20];
  const y = linearScale(low - margin, high + margin, bottom, top);
  const x = linearScale(0, past.length, left + 8, right - 60);
  const fill = state === 'ok' ? colors.good : state === 'uncertain' ? colors.warn : colors.bad;
  const ratio = drifted ? drift.change : comparison.change;
  const change = `${ratio >= 0 ? '+' : ''}${(100 * ratio).toFixed(1)} %`;
  return [
    label(24, offset + 30, metric, 15, colors.ink),
    label(right, offset + 30, `${show(current)} · ${change} · ${state}`, 12, fill, 'end'),
    ...linearTicks(low - margin, high + margin, 3).flatMap((tick) => [
      rule(y(tick), colors.grid, 0.75, false),
      label(left - 8, y(tick) + 4, show(tick), 10, colors.muted, 'end'),
    ]),
    rule(y(comparison.baseline), colors.muted, 1, true),
    ...(drift === undefined ? [] : [rule(y(drift.best), colors.good, 1, true)]),
    { kind: 'line', points: past.map((value, run) => [x(run), y(value)]), stroke: colors.accent, width: 1 },
    ...past.map(
      (value, run): Shape => ({ kind: 'dot', x: x(run), y: y(value), radius: 2.5, fill: colors.accent }),
    ),
    { kind: 'dot', x: x(past.length), y: y(current), radius: 5, fill },
    label(right, y(current) - 9, 'this run', 10, fill, 'end'),
  ];
}

function rule(y: number, stroke: Color, lineWidth: number, dashed: boolean): Shape {
  return {
    kind: 'line',
    points: [
      [left, y],
      [right, y],
    ],
    stroke,
    width: lineWidth,
    dashed,
  };
}

export function label(
  x: number,
  y: number,
  words: string,
  size: number,
  fill: Color,
  anchor: 'start' | 'middle' | 'end' = 'start',
): Shape {
  return { kind: 'text', x, y, text: words, size, fill, anchor };
}

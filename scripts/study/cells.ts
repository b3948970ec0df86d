/** One world of the study. Rates are ratios 0–1, times are seconds, everything else is a count or a factor. */
export interface Cell {
  readonly name: string;
  readonly title: string;
  /** `null`: no regression, every rollback is false. */
  readonly kind: 'null' | 'regression';
  /** Requests a second of both arms together. */
  readonly rps: number;
  /** Canary's share of the traffic, by stage of `stageSeconds`. */
  readonly weights: readonly number[];
  readonly stageSeconds: number;
  readonly tick: number;
  readonly horizon: number;
  /** Which counts tell the regression: errors, or requests slower than the baseline's p95. */
  readonly metric: 'errors' | 'slow';
  /** In cells about errors: slow requests are measured, too, and none is slow. */
  readonly slowToo: boolean;
  /** Baseline's share of bad requests. */
  readonly base: number;
  /** Canary/baseline ratio of bad requests from `from` on; 1 before. */
  readonly ratio: number;
  readonly from: number;
  /** What moves both arms alike. */
  readonly level: 'steady' | 'diurnal' | 'bursts';
  /** Errors come in clusters of 1 to this many. */
  readonly clusters: number;
  /** What the judge is told about clusters. */
  readonly declared: number;
  readonly tolerated: number;
  /** Share of ticks without a reading. */
  readonly missing: number;
  /** The judge may look back on the baseline before the canary began. */
  readonly history: boolean;
  readonly fault: 'none' | 'lag' | 'duplicates' | 'resets' | 'warm-up' | 'five-metrics';
}

const standard: Omit<Cell, 'name' | 'title' | 'kind'> = {
  rps: 100,
  weights: [0.1],
  stageSeconds: 1_800,
  tick: 10,
  horizon: 1_800,
  metric: 'errors',
  slowToo: false,
  base: 0.005,
  ratio: 1,
  from: 0,
  level: 'steady',
  clusters: 1,
  declared: 1,
  tolerated: 1,
  missing: 0,
  history: true,
  fault: 'none',
};

type Change = Partial<Omit<Cell, 'name' | 'title' | 'kind'>>;

function calm(name: string, title: string, change: Change = {}): Cell {
  return { ...standard, ...change, name, title, kind: 'null' };
}

function regression(name: string, title: string, change: Change): Cell {
  return { ...standard, tick: 1, ...change, name, title, kind: 'regression' };
}

export const nullCells: readonly Cell[] = [
  calm('steady', '100 rps, 10 %, 0.5 % errors'),
  calm('slow-traffic', '5 rps', { rps: 5 }),
  calm('diurnal', 'error rate rises and falls for both', { level: 'diurnal' }),
  calm('bursts', 'shared 10× bursts', { level: 'bursts' }),
  calm('missing', '30 % of readings missing', { missing: 0.3 }),
  calm('clusters', 'errors in clusters of 1–5, declared', { clusters: 5, declared: 5 }),
  calm('clusters-undeclared', 'errors in clusters of 1–5, seen in the history alone', { clusters: 5 }),
  calm('clusters-unknown', 'errors in clusters of 1–5, neither declared nor in a history', {
    clusters: 5,
    history: false,
  }),
  calm('weight-1', '1 % canary', { weights: [0.01] }),
  calm('weight-5', '5 % canary', { weights: [0.05] }),
  calm('weight-50', '50 % canary', { weights: [0.5] }),
  calm('base-1e-4', '0.01 % errors', { base: 1e-4 }),
  calm('base-1e-3', '0.1 % errors', { base: 1e-3 }),
  calm('base-1e-2', '1 % errors', { base: 1e-2 }),
  calm('base-5e-2', '5 % errors: at the absolute limit', { base: 5e-2 }),
  calm('stages', 'stages 10 → 50 → 100 %', { weights: [0.1, 0.5, 1], stageSeconds: 600 }),
  calm('warm-up', 'canary fails 5× as often in its declared warm-up of 60 s', { fault: 'warm-up' }),
  calm('lag', 'baseline is read one tick late, diurnal', { fault: 'lag', level: 'diurnal' }),
  calm('duplicates', '20 % of readings are delivered twice', { fault: 'duplicates' }),
  calm('resets', 'counters are reset in 1 % of ticks', { fault: 'resets' }),
  calm('five-metrics', 'five correlated metrics, merged', { fault: 'five-metrics' }),
  calm('at-tolerance', 'canary at the tolerated ratio 1.2', { tolerated: 1.2, ratio: 1.2 }),
  calm('every-second', 'looked at every second, 10 min', { tick: 1, horizon: 600 }),
  calm('latency-too', '100 rps, 10 %, 0.5 % errors, latency is measured too', { slowToo: true }),
  calm('latency', '5 % slow requests', { metric: 'slow', base: 0.05 }),
];

export const regressionCells: readonly Cell[] = [
  ...[2, 3, 5, 10, 20].map((ratio) => regression(`r${ratio}`, `${ratio}×, 100 rps, 10 %`, { ratio })),
  ...[2, 5].map((ratio) =>
    regression(`r${ratio}-latency`, `${ratio}×, latency is measured too`, { ratio, slowToo: true }),
  ),
  ...[2, 5, 20].map((ratio) =>
    regression(`r${ratio}-weight-50`, `${ratio}×, 50 %`, { ratio, weights: [0.5] }),
  ),
  ...[5, 20].map((ratio) => regression(`r${ratio}-weight-1`, `${ratio}×, 1 %`, { ratio, weights: [0.01] })),
  ...[5, 20].map((ratio) => regression(`r${ratio}-slow-traffic`, `${ratio}×, 5 rps`, { ratio, rps: 5 })),
  regression('r5-base-1e-2', '5×, 1 % errors', { ratio: 5, base: 1e-2 }),
  // A log-normal latency with σ = 0.5 that grows by 20 % (50 %) is above the old p95 2.02 (4.04) times as often.
  regression('p95-20', 'p95 +20 %', { metric: 'slow', base: 0.05, ratio: 2.02 }),
  regression('p95-50', 'p95 +50 %', { metric: 'slow', base: 0.05, ratio: 4.04 }),
  regression('r5-late', '5× after 15 min of health', { ratio: 5, from: 900 }),
  regression('r5-bursts', '5×, shared 10× bursts', { ratio: 5, level: 'bursts' }),
  regression('r5-clusters', '5×, clusters of 1–5, declared', { ratio: 5, clusters: 5, declared: 5 }),
  regression('r5-unknown', '5×, direct scrape: no history, nothing declared', { ratio: 5, history: false }),
  regression('r2-tolerated', '2×, tolerated ratio 1.2', { ratio: 2, tolerated: 1.2 }),
  regression('r5-tolerated', '5×, tolerated ratio 1.2', { ratio: 5, tolerated: 1.2 }),
];

export const allCells: readonly Cell[] = [...nullCells, ...regressionCells];

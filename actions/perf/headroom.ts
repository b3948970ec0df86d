import { daysUntil, forecastPeak, type Peak, type PeakPoint } from './forecast.ts';
import { type PerfRun, supportsMetric } from './model.ts';
import type { HeadroomOptions } from './options.ts';

/** One step of a step load. */
export interface LoadStep {
  /** Requests a second that were meant to be sent. */
  readonly offered: number;
  readonly achieved: number;
  /** The objective's metric, in its unit; null when the step does not have it. */
  readonly value: number | null;
  readonly errorRate: number | null;
}

/** What headroom is made from. `peaks` is null when the config gives the peak as a number. */
export interface HeadroomFacts {
  readonly steps: readonly LoadStep[];
  readonly peaks: readonly PeakPoint[] | null;
}

/** Requests a second within the objective: the last step that held it, and the first that did not. */
interface Capacity {
  readonly from: 'steps' | 'saturation';
  readonly low: number;
  readonly high: number | null;
}

export type Headroom =
  | { readonly state: 'not-configured' }
  | { readonly state: 'not-measured'; readonly reason: string }
  | {
      readonly state: 'measured';
      readonly capacity: Capacity;
      readonly peak: Peak;
      /** 1 − peak ÷ capacity; `low` is the pessimistic end, which decides. */
      readonly headroom: { readonly low: number; readonly high: number | null };
      /** Until growth has eaten the headroom that the gate asks for; null: not within ten years, or unknown. */
      readonly daysLeft: { readonly expected: number | null; readonly pessimistic: number | null };
    };

/** A step whose generator (or service) sent less than this share of the plan was past saturation. */
const minAchieved = 0.95;

/** Headroom from a step load, or from a run that saturated the service. Pure. */
export function headroomOf(
  options: HeadroomOptions | undefined,
  facts: HeadroomFacts,
  runs: readonly PerfRun[],
  now: number,
): Headroom {
  if (options === undefined) return { state: 'not-configured' };
  const capacity = capacityOf(options, facts.steps, runs);
  if (typeof capacity === 'string') return { state: 'not-measured', reason: capacity };
  const peak = peakOf(options, facts.peaks, now);
  if (typeof peak === 'string') return { state: 'not-measured', reason: peak };
  const share = (load: number, of: number): number => Number((1 - load / of).toPrecision(6));
  return {
    state: 'measured',
    capacity,
    peak,
    headroom: {
      low: share(peak.high, capacity.low),
      high: capacity.high === null ? null : share(peak.low, capacity.high),
    },
    daysLeft:
      facts.peaks === null
        ? { expected: null, pessimistic: null }
        : daysUntil(capacity.low * (1 - options.min), facts.peaks, now, options.confidence),
  };
}

function peakOf(options: HeadroomOptions, points: readonly PeakPoint[] | null, now: number): Peak | string {
  if (typeof options.peak === 'number') {
    return { expected: options.peak, low: options.peak, high: options.peak, perDay: null };
  }
  if (points === null || points.length === 0) return `there are no past peaks in ${options.peak.path}`;
  const peak = forecastPeak(points, now, options.peak.horizon, options.confidence);
  return peak ?? `the past peaks in ${options.peak.path} are too few, or cover less than half of the horizon`;
}

function capacityOf(
  options: HeadroomOptions,
  steps: readonly LoadStep[],
  runs: readonly PerfRun[],
): Capacity | string {
  if (steps.length > 0) return fromSteps(options, steps);
  return options.saturation ? fromSaturation(options, runs) : 'there are no results of a step load';
}

function fromSteps(options: HeadroomOptions, steps: readonly LoadStep[]): Capacity | string {
  const rising = steps.toSorted((a, b) => a.offered - b.offered);
  const firstBad = rising.findIndex((step) => !holds(step, options));
  const good = firstBad === -1 ? rising : rising.slice(0, firstBad);
  const low = good.at(-1)?.achieved;
  if (low === undefined) return 'no step, not even the lightest, met the objective';
  const bad = firstBad === -1 ? undefined : rising[firstBad];
  return { from: 'steps', low, high: bad === undefined ? null : Math.max(low, bad.offered) };
}

/** A step without the metric or the error count did not show that it held. */
export function holds(step: LoadStep, { slo }: HeadroomOptions): boolean {
  return (
    step.achieved >= minAchieved * step.offered &&
    step.value !== null &&
    step.value <= slo.max &&
    step.errorRate !== null &&
    step.errorRate <= slo.max_error_rate
  );
}

function fromSaturation(options: HeadroomOptions, runs: readonly PerfRun[]): Capacity | string {
  const steps = runs.flatMap((run) => stepOf(run, options.slo.metric) ?? []);
  const held = steps.filter((step) => holds(step, options)).map((step) => step.achieved);
  if (steps.length === 0) return `no result has throughput and ${options.slo.metric}`;
  if (held.length === 0) return 'at saturation the service missed the objective: measure with steps';
  return { from: 'saturation', low: Math.max(...held), high: null };
}

/** A load run as a step: what it achieved is what it was meant to send, unless told otherwise. */
export function stepOf(run: PerfRun, metric: string, offered?: number): LoadStep | null {
  const achieved = run.metrics.throughput?.value;
  if (achieved === undefined) return null;
  return {
    offered: offered ?? achieved,
    achieved,
    // The 95th percentile of three requests shows nothing.
    value: supportsMetric(run, metric) ? (run.metrics[metric]?.value ?? null) : null,
    errorRate: run.metrics.error_rate?.value ?? null,
  };
}

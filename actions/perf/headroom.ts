import type { PerfRun } from './model.ts';
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

export type Headroom =
  | { readonly state: 'not-configured' }
  | { readonly state: 'not-measured'; readonly reason: string }
  | {
      readonly state: 'measured';
      readonly from: 'steps' | 'saturation';
      /** Requests a second within the objective: the last step that held it, and the first that did not. */
      readonly capacity: { readonly low: number; readonly high: number | null };
      readonly peak: number;
      /** 1 − peak ÷ capacity; `low` is the pessimistic end, which decides. */
      readonly headroom: { readonly low: number; readonly high: number | null };
    };

/** A step whose generator (or service) sent less than this share of the plan was past saturation. */
const minAchieved = 0.95;

/** Headroom from a step load, or from a run that saturated the service. Pure. */
export function headroomOf(
  options: HeadroomOptions | undefined,
  steps: readonly LoadStep[],
  runs: readonly PerfRun[],
): Headroom {
  if (options === undefined) return { state: 'not-configured' };
  if (steps.length > 0) return fromSteps(options, steps);
  if (options.saturation) return fromSaturation(options, runs);
  return { state: 'not-measured', reason: 'there are no results of a step load' };
}

function fromSteps(options: HeadroomOptions, steps: readonly LoadStep[]): Headroom {
  const rising = steps.toSorted((a, b) => a.offered - b.offered);
  const firstBad = rising.findIndex((step) => !holds(step, options));
  const good = firstBad === -1 ? rising : rising.slice(0, firstBad);
  const low = good.at(-1)?.achieved;
  if (low === undefined) {
    return { state: 'not-measured', reason: 'no step, not even the lightest, met the objective' };
  }
  const bad = firstBad === -1 ? undefined : rising[firstBad];
  return measured('steps', low, bad === undefined ? null : Math.max(low, bad.offered), options.peak);
}

/** A step without the metric or the error count did not show that it held. */
function holds(step: LoadStep, { slo }: HeadroomOptions): boolean {
  return (
    step.achieved >= minAchieved * step.offered &&
    step.value !== null &&
    step.value <= slo.max &&
    step.errorRate !== null &&
    step.errorRate <= slo.max_error_rate
  );
}

function fromSaturation(options: HeadroomOptions, runs: readonly PerfRun[]): Headroom {
  const steps = runs.flatMap((run) => {
    const step = stepOf(run, options.slo.metric);
    return step === null ? [] : [step];
  });
  const held = steps.filter((step) => holds(step, options)).map((step) => step.achieved);
  if (steps.length === 0)
    return { state: 'not-measured', reason: `no result has throughput and ${options.slo.metric}` };
  if (held.length === 0) {
    return {
      state: 'not-measured',
      reason: 'at saturation the service missed the objective: measure with steps',
    };
  }
  return measured('saturation', Math.max(...held), null, options.peak);
}

/** A load run as a step: what it achieved is what it was meant to send, unless told otherwise. */
export function stepOf(run: PerfRun, metric: string, offered?: number): LoadStep | null {
  const achieved = run.metrics.throughput?.value;
  if (achieved === undefined) return null;
  return {
    offered: offered ?? achieved,
    achieved,
    value: run.metrics[metric]?.value ?? null,
    errorRate: run.metrics.error_rate?.value ?? null,
  };
}

function measured(from: 'steps' | 'saturation', low: number, high: number | null, peak: number): Headroom {
  const headroom = (capacity: number): number => Number((1 - peak / capacity).toPrecision(6));
  return {
    state: 'measured',
    from,
    peak,
    capacity: { low, high },
    headroom: { low: headroom(low), high: high === null ? null : headroom(high) },
  };
}

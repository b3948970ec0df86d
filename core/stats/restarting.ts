import { ceiling, lnE, sumOf } from './e-process.ts';
import type { Growth } from './growth.ts';
import { type StakeSchedule, stakeSchedules } from './stake-schedule.ts';

/**
 * An e-process that also sees a regression which begins late. A plain one pays for every healthy hour: its
 * capital sinks, and a version that breaks after an hour has to climb back first. Here a part of the starting
 * capital is put aside and a little of it is staked anew at every tick:
 * `E(t) = Σ_j π_j·E_j(t) + rest`, where `E_j` starts at stake `j` and `Σ π_j ≤ 1`. A mixture of e-processes that
 * start at fixed times is an e-process, so the bound on false alarms stays exactly 1/E.
 * (Mixture over change points; cf. Shin, Ramdas & Rinaldo, "E-detectors", arXiv 2203.03532.)
 */
export interface RestartingProcess {
  /** `M_k`, the capital at grid point `k`. */
  readonly capital: readonly number[];
  /** Stakes that followed ticks, so far. */
  readonly stakes: number;
  /** Capital that is still put aside, in [0, 1). */
  readonly rest: number;
}

/**
 * The beginning's share is staked at once. `prior`: of the test's grid; `steps`: how many beginnings there will be;
 * `schedule`: the same at every call for one process.
 */
export function openProcess(
  prior: Float64Array,
  steps: number,
  { shares }: StakeSchedule = stakeSchedules.second,
): RestartingProcess {
  const first = steps === 1 ? shares.start + shares.steps : shares.start;
  return { capital: Array.from(prior, (weight) => weight * first), stakes: 0, rest: 1 - first };
}

/** Stakes a further step's share. At most `steps − 1` times. */
export function stakeStep(
  process: RestartingProcess,
  prior: Float64Array,
  steps: number,
  { shares, lateRest }: StakeSchedule = stakeSchedules.second,
): RestartingProcess {
  if (steps === 1) return process;
  const share = shares.steps / (steps - 1);
  const available = process.rest - shares.late * lateRest(process.stakes);
  if (available < share - 1e-12) return process;
  return {
    capital: process.capital.map((value, k) => value + share * (prior[k] as number)),
    stakes: process.stakes,
    rest: process.rest - share,
  };
}

/** One tick: stakes a little, then multiplies the capital by the tick's likelihood ratios. Null: they say nothing. */
export function advance(
  process: RestartingProcess,
  prior: Float64Array,
  growth: Growth | null,
  { shares, lateRest }: StakeSchedule = stakeSchedules.second,
): RestartingProcess {
  const { stakes, rest } = process;
  const share = shares.late * (lateRest(stakes) - lateRest(stakes + 1));
  const capital = process.capital.slice();
  const count = capital.length;
  if (growth === null) {
    for (let k = 0; k < count; k++) capital[k] = (capital[k] as number) + share * (prior[k] as number);
  } else {
    const { hits, from, misses } = growth;
    for (let k = 0; k < count; k++) {
      const staked = (capital[k] as number) + share * (prior[k] as number);
      capital[k] = Math.min(staked * (hits[from + k] as number) * (misses[k] as number), ceiling);
    }
  }
  return { capital, stakes: stakes + 1, rest: rest - share };
}

/** `E`: what is staked plus what is put aside. */
export function eOf(process: RestartingProcess): number {
  return sumOf(process.capital) + Math.max(0, process.rest);
}

/** `ln E` */
export function lnEOf(process: RestartingProcess): number {
  return lnE(eOf(process));
}

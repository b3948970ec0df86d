import { logE } from './e-process.ts';

/**
 * An e-process that also sees a regression which begins late. A plain one pays for every healthy hour: its
 * log-likelihood ratios sink, and a version that breaks after an hour has to climb back first. Here a part of
 * the starting capital is put aside and a little of it is staked anew at every tick:
 * `E(t) = Σ_j π_j·E_j(t) + rest`, where `E_j` starts at stake `j` and `Σ π_j ≤ 1`. A mixture of e-processes that
 * start at fixed times is an e-process, so the bound on false alarms stays exactly 1/E.
 * (Mixture over change points; cf. Shin, Ramdas & Rinaldo, "E-detectors", arXiv 2203.03532.)
 */
export interface RestartingProcess {
  /** `ln M_k`, with `M_k` the capital at grid point `k`. */
  readonly logs: readonly number[];
  /** Stakes that followed ticks, so far. */
  readonly stakes: number;
  /** Capital that is still put aside, in [0, 1). */
  readonly rest: number;
}

/** Part of the capital for the beginnings of steps, where a regression is most likely; the rest is for late ones. */
const startShare = 0.75;

/** The first step's share is staked at once. `steps`: how many beginnings there will be. */
export function openProcess(gridSize: number, steps: number): RestartingProcess {
  const first = startShare / steps;
  return {
    logs: Array.from({ length: gridSize }, () => Math.log(first)),
    stakes: 0,
    rest: 1 - first,
  };
}

/** Stakes a further step's share. At most `steps − 1` times. */
export function stakeStep(process: RestartingProcess, steps: number): RestartingProcess {
  const share = startShare / steps;
  const available = process.rest - restForLateStarts(process.stakes);
  if (available < share - 1e-12) return process;
  const stake = Math.log(share);
  return {
    logs: process.logs.map((l) => logAdd(l, stake)),
    stakes: process.stakes,
    rest: process.rest - share,
  };
}

/**
 * One tick: stakes `(1 − startShare) / (j·(j+1))`, whose sum is `1 − startShare`, then lets `update` add the
 * tick's log-likelihood ratios in place.
 */
export function advance(process: RestartingProcess, update: (logs: number[]) => void): RestartingProcess {
  const j = process.stakes + 1;
  const share = (1 - startShare) / (j * (j + 1));
  const stake = Math.log(share);
  const logs = new Array<number>(process.logs.length);
  for (let k = 0; k < logs.length; k++) logs[k] = logAdd(process.logs[k] as number, stake);
  update(logs);
  return { logs, stakes: j, rest: process.rest - share };
}

/** `ln E`: grid average of the staked capital plus what is put aside. */
export function logCapital(process: RestartingProcess): number {
  return process.rest <= 0 ? logE(process.logs) : logAdd(logE(process.logs), Math.log(process.rest));
}

function restForLateStarts(stakes: number): number {
  return (1 - startShare) / (stakes + 1);
}

/** `ln(eᵃ + eᵇ)` without overflow. */
function logAdd(a: number, b: number): number {
  const high = Math.max(a, b);
  const gap = Math.min(a, b) - high;
  return gap < -40 ? high : high + Math.log1p(Math.exp(gap));
}

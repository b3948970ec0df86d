/** How the capital of a restarting process is divided over time. */
export interface StakeSchedule {
  /** For the beginning of the release, the beginnings of its later steps, and regressions that come late. Their sum is 1. */
  readonly shares: { readonly start: number; readonly steps: number; readonly late: number };
  /** Part of the late share that is left after `j` ticks: falls from 1, and never below 0. */
  readonly lateRest: (j: number) => number;
}

/** Four hours at a tick in 10 s: the deadline of a step, by default. */
const usualTicks = 1_440;

/**
 * `first`: as in records from before there was a second. `second` stakes more on late regressions, and half of it evenly
 * over the ticks of a usual step: what breaks after a quarter of an hour finds some 50 times as much.
 */
export const stakeSchedules = {
  first: { shares: { start: 0.9, steps: 0.04, late: 0.06 }, lateRest: slowly },
  second: {
    shares: { start: 0.8, steps: 0.05, late: 0.15 },
    lateRest: (j) => 0.5 * slowly(j) + 0.5 * Math.max(0, 1 - j / usualTicks),
  },
} as const satisfies Readonly<Record<string, StakeSchedule>>;

/** 1/(1 + ln(j+1)), which falls slowly enough for days. */
function slowly(j: number): number {
  return soon[j] ?? later(j);
}

const soon = Float64Array.from({ length: 10_000 }, (_, j) => 1 / (1 + Math.log(j + 1)));

/** What came out of far ticks lately: the next tick, and the next metric, ask for the same ones. */
const recent = { ticks: new Float64Array(64).fill(-1), rests: new Float64Array(64) };

function later(j: number): number {
  const slot = j & 63;
  if (recent.ticks[slot] !== j) {
    recent.ticks[slot] = j;
    recent.rests[slot] = 1 / (1 + Math.log(j + 1));
  }
  return recent.rests[slot] as number;
}

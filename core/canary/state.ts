import { freshProcess } from '../stats/e-process.ts';
import { openProcess, type RestartingProcess, stakeStep } from '../stats/restarting.ts';
import { gridSize, type JudgeSettings } from './settings.ts';

/** Cumulative counters of one process at its last good reading. */
export interface Counters {
  readonly requests: number;
  readonly errors: number;
  readonly slow: number | null;
}

export type CountersById = Readonly<Record<string, Counters>>;

export interface ArmTotals {
  readonly requests: number;
  readonly errors: number;
  readonly slow: number;
}

/** All that the judge remembers. Plain JSON: a replay from stored text gives the same bytes. */
export interface JudgeState {
  readonly schema_version: 1;
  readonly step: number;
  /** When the step began, ms since the epoch. */
  readonly since: number;
  /** False at 100 % and for a first release: then only the absolute limit can be judged. */
  readonly baselineExpected: boolean;
  /** Time of the newest reading that was taken in. */
  readonly lastAt: number | null;
  /** Time of the newest reading that carried canary requests (baseline requests), or of the step's beginning. */
  readonly lastDataAt: number;
  readonly lastBaselineAt: number;
  readonly counters: { readonly canary: CountersById; readonly baseline: CountersById };
  /** Evidence of harm, over the whole release. */
  readonly harm: {
    readonly errors: RestartingProcess;
    readonly slow: RestartingProcess;
    readonly absolute: RestartingProcess;
  };
  /** Evidence that the baseline itself breaks the absolute limit. */
  readonly baselineHarm: RestartingProcess;
  /** Evidence of health in this step. */
  readonly health: {
    readonly belowLimit: readonly number[];
    readonly belowRatio: readonly number[];
    /** Nats that this step's events carry about the ratio. */
    readonly information: number;
  };
  /** Judged requests in this step. */
  readonly totals: { readonly canary: ArmTotals; readonly baseline: ArmTotals };
}

const noTotals: ArmTotals = { requests: 0, errors: 0, slow: 0 };
const noEvidence = (): number[] => freshProcess(Array.from({ length: gridSize }, () => 1));

/** The judge before the first reading of the first step. */
export function openJudge(
  step: number,
  at: number,
  baselineExpected: boolean,
  settings: JudgeSettings,
): JudgeState {
  const open = (): RestartingProcess => openProcess(gridSize, settings.steps);
  return {
    schema_version: 1,
    step,
    since: at,
    baselineExpected,
    lastAt: null,
    lastDataAt: at,
    lastBaselineAt: at,
    counters: { canary: {}, baseline: {} },
    harm: { errors: open(), slow: open(), absolute: open() },
    baselineHarm: open(),
    health: { belowLimit: noEvidence(), belowRatio: noEvidence(), information: 0 },
    totals: { canary: noTotals, baseline: noTotals },
  };
}

/** The next step: evidence of harm goes on, evidence of health has to be earned anew. */
export function openStep(
  state: JudgeState,
  step: number,
  at: number,
  baselineExpected: boolean,
  settings: JudgeSettings,
): JudgeState {
  const stake = (process: RestartingProcess): RestartingProcess => stakeStep(process, settings.steps);
  return {
    ...openJudge(step, at, baselineExpected, settings),
    lastAt: state.lastAt,
    counters: state.counters,
    harm: {
      errors: stake(state.harm.errors),
      slow: stake(state.harm.slow),
      absolute: stake(state.harm.absolute),
    },
    baselineHarm: stake(state.baselineHarm),
  };
}

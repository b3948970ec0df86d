import { type IntervalCounts, learnCluster } from '../stats/cluster-history.ts';
import { assumeCluster, type Dispersion, noDispersion } from '../stats/dispersion.ts';
import { freshCapital } from '../stats/e-process.ts';
import { type MeanTest, noValues } from '../stats/mean-test.ts';
import type { RatioTest } from '../stats/ratio-test.ts';
import { openProcess, type RestartingProcess, stakeStep } from '../stats/restarting.ts';
import { freshReader, type ReaderState } from './reader.ts';
import type { JudgeSettings } from './settings.ts';
import { type JudgeTests, judgeTests } from './tests.ts';

export interface ArmTotals {
  readonly requests: number;
  readonly errors: number;
  /** At every slow edge. */
  readonly slow: readonly number[];
}

/** What the evidence says so far. Plain JSON: a replay from stored text gives the same bytes. */
export interface EvidenceState {
  readonly schema_version: 2;
  readonly step: number;
  /** When the step began, ms since the epoch. */
  readonly since: number;
  /** False at 100 % and for a first release: then only absolute limits can be judged. */
  readonly baselineExpected: boolean;
  /** Time of the newest reading that carried canary requests (baseline requests), or of the step's beginning. */
  readonly lastDataAt: number;
  readonly lastBaselineAt: number;
  /** Whether the release's first readings of both versions told how slow requests are; absent: none came yet. */
  readonly measuresSlow?: boolean;
  /** Evidence of harm, over the whole release. */
  readonly harm: {
    readonly errors: RestartingProcess;
    /** One process for each slow edge. */
    readonly slow: readonly RestartingProcess[];
    readonly absolute: RestartingProcess;
    readonly tail: RestartingProcess;
    /** One process for each further count; absent: none is compared. */
    readonly compared?: readonly RestartingProcess[];
  };
  /** Differences of each gauge that is compared, in this step; absent: none is. */
  readonly gauges?: readonly MeanTest[];
  /** Evidence that the baseline itself breaks the absolute limit. */
  readonly baselineHarm: RestartingProcess;
  /** Evidence of health in this step. */
  readonly health: {
    readonly belowLimit: readonly number[];
    readonly belowRatio: readonly number[];
    /** Nats that this step's events carry about the ratio. */
    readonly information: number;
  };
  /** Whether errors come in clusters, over the whole release. */
  readonly dispersion: Dispersion;
  /** Judged requests in this step. */
  readonly totals: { readonly canary: ArmTotals; readonly baseline: ArmTotals };
}

/** All that the judge remembers: the evidence, and the counters that the next reading is compared with. */
export interface JudgeState extends EvidenceState {
  readonly reader: ReaderState;
}

/** The judge before the first reading of the first step. */
export function openJudge(
  step: number,
  at: number,
  baselineExpected: boolean,
  settings: JudgeSettings,
): JudgeState {
  const tests = judgeTests(settings);
  return { ...openEvidence(step, at, baselineExpected, settings, tests), reader: freshReader };
}

function openEvidence(
  step: number,
  at: number,
  baselineExpected: boolean,
  settings: JudgeSettings,
  tests: JudgeTests,
): EvidenceState {
  const open = (test: { readonly prior: Float64Array }): RestartingProcess =>
    openProcess(test.prior, settings.steps, tests.schedule);
  const edges = settings.slowEdges;
  const nothing: ArmTotals = { requests: 0, errors: 0, slow: edges.map(() => 0) };
  return {
    schema_version: 2,
    step,
    since: at,
    baselineExpected,
    lastDataAt: at,
    lastBaselineAt: at,
    harm: {
      errors: open(tests.ratio),
      slow: edges.map(() => open(tests.ratio)),
      absolute: open(tests.limit),
      tail: open(tests.tail),
      ...(tests.compared.length === 0 ? {} : { compared: tests.compared.map(open) }),
    },
    ...openGauges(settings),
    baselineHarm: open(tests.limit),
    health: {
      belowLimit: freshCapital(tests.belowLimit.prior),
      belowRatio: freshCapital(tests.belowRatio.prior),
      information: 0,
    },
    dispersion: openDispersion(settings),
    totals: { canary: nothing, baseline: nothing },
  };
}

function openDispersion({ assumedCluster }: JudgeSettings): Dispersion {
  if (assumedCluster === undefined) return noDispersion;
  return { ...noDispersion, assumed: assumeCluster(assumedCluster) };
}

type Stake = (process: RestartingProcess, test: { readonly prior: Float64Array }) => RestartingProcess;

function stakeCompared(
  { harm }: JudgeState,
  { compared }: JudgeTests,
  stake: Stake,
): Pick<EvidenceState['harm'], 'compared'> {
  if (compared.length === 0 || harm.compared === undefined) return {};
  return { compared: harm.compared.map((process, i) => stake(process, compared[i] as RatioTest)) };
}

function openGauges({ compared = [] }: JudgeSettings): Pick<EvidenceState, 'gauges'> {
  const gauges = compared.filter(({ kind }) => kind === 'gauge');
  return gauges.length === 0 ? {} : { gauges: gauges.map(() => noValues) };
}

/** The next step: evidence of harm goes on, evidence of health has to be earned anew. */
export function openStep(
  state: JudgeState,
  step: number,
  at: number,
  baselineExpected: boolean,
  settings: JudgeSettings,
): JudgeState {
  const tests = judgeTests(settings);
  const stake = (process: RestartingProcess, test: { readonly prior: Float64Array }): RestartingProcess =>
    stakeStep(process, test.prior, settings.steps, tests.schedule);
  return {
    ...openEvidence(step, at, baselineExpected, settings, tests),
    harm: {
      errors: stake(state.harm.errors, tests.ratio),
      slow: state.harm.slow.map((process) => stake(process, tests.ratio)),
      absolute: stake(state.harm.absolute, tests.limit),
      tail: stake(state.harm.tail, tests.tail),
      ...stakeCompared(state, tests, stake),
    },
    ...(state.measuresSlow === undefined ? {} : { measuresSlow: state.measuresSlow }),
    baselineHarm: stake(state.baselineHarm, tests.limit),
    dispersion: state.dispersion,
    reader: state.reader,
  };
}

/** The judge knows from now on how the baseline's errors came before the canary began, unless the history is too thin. */
export function learnFrom(state: JudgeState, history: readonly IntervalCounts[]): JudgeState {
  const learned = learnCluster(history);
  if (learned === null) return state;
  const { assumed: _assumed, ...dispersion } = state.dispersion;
  return { ...state, dispersion: { ...dispersion, learned } };
}

/** A judge that begins anew, with what an earlier one knew about clusters. */
export function withKnowledgeOf(fresh: JudgeState, { dispersion }: JudgeState): JudgeState {
  const { learned, assumed } = dispersion;
  const { assumed: _assumed, ...opened } = fresh.dispersion;
  return { ...fresh, dispersion: { ...opened, learned, ...(assumed === undefined ? {} : { assumed }) } };
}

/** The same without the reader: what a replay begins with. */
export function evidenceOf({ reader: _reader, ...evidence }: JudgeState): EvidenceState {
  return evidence;
}

import type { ArmDelta } from '../core/canary/counters.ts';
import { harmOf } from '../core/canary/e-values.ts';
import { addHarmOnly } from '../core/canary/evidence.ts';
import { judge, judgeTick } from '../core/canary/judge.ts';
import type { Tick } from '../core/canary/reader.ts';
import type { JudgeSettings } from '../core/canary/settings.ts';
import { evidenceOf, openJudge } from '../core/canary/state.ts';
import { judgeTests } from '../core/canary/tests.ts';
import type { ArmReading } from '../core/ports/metrics.ts';
import { randomFrom } from '../core/stats/random.ts';
import { ratioGrowth } from '../core/stats/ratio-test.ts';
import { advance, eOf, openProcess, type RestartingProcess } from '../core/stats/restarting.ts';
import type { Benchmark, Figure } from './measure.ts';

const ticksPerRound = 200_000;

const settings: JudgeSettings = {
  method: 2,
  alpha: 0.001,
  beta: 0.01,
  toleratedRatio: 1.2,
  maxErrorRate: 0.05,
  maxSlowdown: 2,
  slowEdges: [0.25],
  cluster: 1,
  minRequests: 200,
  noDataAfter: 120_000,
  warmUp: 0,
  deadline: Number.MAX_SAFE_INTEGER,
  steps: 3,
};

/** Ticks a second on one core: one metric's update with its decision, all metrics with the verdict, from counters. */
export const judgeSpeed: Benchmark = {
  name: 'judge',
  title: 'Canary judge: tick updates a second on one core',
  async run(rounds) {
    const figure = (name: string, aim: Figure['aim'], measure: () => number): Figure => ({
      name,
      unit: '/s',
      rounds: Array.from({ length: rounds + 1 }, measure).slice(1),
      aim,
    });
    return [
      figure('one metric: counts → e-value → decision', { op: '>=', value: 1_000_000 }, oneMetric),
      figure('all metrics: counts → merged e-value → decision', { op: '>=', value: 1_000_000 }, allMetrics),
      figure('whole judge: counts → verdict with reasons', null, wholeJudge),
      figure('whole judge: counters of 4 processes → verdict', null, fromCounters),
    ];
  },
};

interface Counts {
  readonly requests: readonly [canary: number, baseline: number];
  readonly errors: readonly [canary: number, baseline: number];
}

/** 100 requests a second at 10 %, ticks of 10 s, 0.5 % errors: what the figures of `docs/canary.md` are about. */
function world(): readonly Counts[] {
  const random = randomFrom(7);
  const around = (mean: number): number => Math.round(mean * (0.5 + random()));
  return Array.from({ length: 4_096 }, () => ({
    requests: [around(100), around(900)],
    errors: [around(0.5), around(4.5)],
  }));
}

const counts = world();
const at = (tick: number): Counts => counts[tick & 4_095] as Counts;

function oneMetric(): number {
  const { ratio } = judgeTests(settings);
  let process: RestartingProcess = openProcess(ratio.prior, settings.steps);
  let alarms = 0;
  const seconds = timed(() => {
    for (let tick = 0; tick < ticksPerRound; tick++) {
      const { requests, errors } = at(tick);
      const share = requests[0] / (requests[0] + requests[1]);
      process = advance(process, ratio.prior, ratioGrowth(ratio, errors[0], errors[1], share));
      if (0.6 * eOf(process) >= 1_000) alarms++;
    }
  });
  if (alarms > 0) throw new RangeError('a healthy world was called harmful');
  return ticksPerRound / seconds;
}

function allMetrics(): number {
  let state = evidenceOf(openJudge(1, 0, true, settings));
  const ticks = ticksPerRound / 2;
  let alarms = 0;
  const seconds = timed(() => {
    for (let n = 1; n <= ticks; n++) {
      state = addHarmOnly(state, armOf(n, 0), armOf(n, 1), settings);
      if (harmOf(state, settings).merged >= 1_000) alarms++;
    }
  });
  if (alarms > 0) throw new RangeError('a healthy world was called harmful');
  return ticks / seconds;
}

function armOf(n: number, i: 0 | 1): ArmDelta {
  const { requests, errors } = at(n);
  return { requests: requests[i], errors: errors[i], slow: [errors[i]] };
}

function wholeJudge(): number {
  let state = evidenceOf(openJudge(1, 0, true, settings));
  const ticks = ticksPerRound / 4;
  const seconds = timed(() => {
    for (let n = 1; n <= ticks; n++) {
      const counts = { from: n - 1, readAt: n, canary: armOf(n, 0), baseline: armOf(n, 1) };
      const tick: Tick = { at: n, counts };
      state = judgeTick(state, tick, settings).state;
    }
  });
  return ticks / seconds;
}

function fromCounters(): number {
  let state = openJudge(1, 0, true, settings);
  const sums = [
    [0, 0],
    [0, 0],
  ];
  const ticks = ticksPerRound / 8;
  const seconds = timed(() => {
    for (let n = 1; n <= ticks; n++) {
      const { requests, errors } = at(n);
      const arm = (i: 0 | 1): ArmReading => {
        const sum = sums[i] as number[];
        sum[0] = (sum[0] as number) + requests[i];
        sum[1] = (sum[1] as number) + errors[i];
        const [total, failed] = sum as [number, number];
        const process = (id: string) => ({ id, requests: total, errors: failed, slow: failed });
        return { version: `v${i}`, instances: [process('a'), process('b')] };
      };
      const reading = { at: n, canary: arm(0), baseline: arm(1) };
      state = judge(state, { at: n, reading, problem: null }, settings).state;
    }
  });
  return ticks / seconds;
}

/** Processor time, s, the collector's included: what one core needs, however many share it. */
function timed(work: () => void): number {
  const from = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
}

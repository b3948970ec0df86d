import { harmOf } from '../../core/canary/e-values.ts';
import { addHarmOnly } from '../../core/canary/evidence.ts';
import { judge } from '../../core/canary/judge.ts';
import type { JudgeSettings } from '../../core/canary/settings.ts';
import { type JudgeState, learnFrom, openJudge, openStep } from '../../core/canary/state.ts';
import type { ArmReading } from '../../core/ports/metrics.ts';
import type { IntervalCounts } from '../../core/stats/cluster-history.ts';
import type { Cell } from './cells.ts';
import { type TickTraffic, weightAt } from './traffic.ts';

export function settingsOf(cell: Cell): JudgeSettings {
  return {
    method: 2,
    alpha: 0.001,
    beta: 0.01,
    toleratedRatio: cell.tolerated,
    maxErrorRate: 0.05,
    maxSlowdown: 2,
    slowEdges: [0.25],
    cluster: cell.declared,
    ...(cell.declared === 1 ? { assumedCluster: 5 } : {}),
    minRequests: 200,
    noDataAfter: 120_000,
    warmUp: cell.fault === 'warm-up' ? 60_000 : 0,
    deadline: Number.MAX_SAFE_INTEGER,
    steps: 3,
  };
}

/**
 * The judge as it ships, with all its metrics, fed with one run's traffic. Where only counts matter it is asked
 * for harm alone, without reasons and without evidence of health: the same arithmetic, three times as fast.
 */
export class JudgeRule {
  private state: JudgeState;
  private readonly cell: Cell;
  private readonly settings: JudgeSettings;
  private weight: number;
  private pending = { canary: [0, 0], baseline: [0, 0] };
  private late: readonly [number, number] = [0, 0];
  private counters = { canary: [0, 0], baseline: [0, 0] };

  /** `history`: what the baseline's errors were before the canary began. */
  constructor(cell: Cell, settings: JudgeSettings, history: readonly IntervalCounts[]) {
    this.cell = cell;
    this.settings = settings;
    this.weight = weightAt(cell, 0);
    const opened = openJudge(1, 0, this.weight < 1, settings);
    this.state = history.length === 0 ? opened : learnFrom(opened, history);
    if (usesCounters(cell)) this.read(0);
  }

  /** Takes in a tick that ends at `time`, s; answers whether to roll back. */
  tick(time: number, traffic: TickTraffic, random: () => number): boolean {
    this.changeStage(time - this.cell.tick);
    const baseline = this.cell.fault === 'lag' ? this.late : traffic.baseline;
    this.late = traffic.baseline;
    for (const i of [0, 1] as const) {
      this.pending.canary[i] = (this.pending.canary[i] as number) + traffic.canary[i];
      this.pending.baseline[i] = (this.pending.baseline[i] as number) + baseline[i];
    }
    if (this.cell.missing > 0 && random() < this.cell.missing) return false;
    return usesCounters(this.cell) ? this.tickCounters(time, random) : this.tickCounts(time);
  }

  private changeStage(time: number): void {
    const weight = weightAt(this.cell, time);
    if (weight === this.weight) return;
    this.weight = weight;
    this.state = openStep(this.state, this.state.step + 1, time * 1_000, weight < 1, this.settings);
  }

  private tickCounts(time: number): boolean {
    const slow = this.cell.metric === 'slow';
    const arm = ([requests, bad]: number[]) => ({
      requests: requests as number,
      errors: slow ? 0 : (bad as number),
      slow: [slow ? (bad as number) : this.cell.slowToo ? 0 : null],
    });
    const canary = arm(this.pending.canary);
    const baseline = arm(this.pending.baseline);
    this.pending = { canary: [0, 0], baseline: [0, 0] };
    if (time <= this.settings.warmUp / 1_000) return false;
    const evidence = addHarmOnly(this.state, canary, baseline, this.settings);
    this.state = { ...evidence, reader: this.state.reader };
    return harmOf(evidence, this.settings).merged >= 1 / this.settings.alpha;
  }

  private tickCounters(time: number, random: () => number): boolean {
    for (const arm of ['canary', 'baseline'] as const) {
      if (this.cell.fault === 'resets' && random() < 0.01) this.counters[arm] = [0, 0];
      this.counters[arm] = this.counters[arm].map((sum, i) => sum + (this.pending[arm][i] as number));
    }
    this.pending = { canary: [0, 0], baseline: [0, 0] };
    const isHarm = this.read(time);
    const isDoubled = this.cell.fault === 'duplicates' && random() < 0.2;
    return isDoubled && !isHarm ? this.read(time) : isHarm;
  }

  private read(time: number): boolean {
    const at = time * 1_000;
    const arm = (version: string, [requests, errors]: number[]): ArmReading => ({
      version,
      instances: [{ id: 'a', requests: requests as number, errors: errors as number, slow: null }],
    });
    const { canary, baseline } = this.counters;
    const reading = { at, canary: arm('v2', canary), baseline: arm('v1', baseline) };
    const judged = judge(this.state, { at, reading, problem: null }, this.settings);
    this.state = judged.state;
    return judged.verdict === 'rollback';
  }
}

/** These faults are about counters; the others can be told in counts, which is faster. */
function usesCounters({ fault }: Cell): boolean {
  return fault === 'duplicates' || fault === 'resets';
}

import { judgeTests } from '../../core/canary/tests.ts';
import { mergeE } from '../../core/stats/e-process.ts';
import { poissonFrom } from '../../core/stats/random.ts';
import { ratioGrowth } from '../../core/stats/ratio-test.ts';
import { advance, eOf, openProcess } from '../../core/stats/restarting.ts';
import type { Cell } from './cells.ts';
import { settingsOf } from './judge-rule.ts';
import type { TickTraffic } from './traffic.ts';

/** Five metrics that share half of their events, merged with equal weights: the judge's arithmetic, more metrics. */
export function fiveMetrics(
  cell: Cell,
  alpha: number,
): (traffic: TickTraffic, random: () => number) => boolean {
  const { ratio } = judgeTests(settingsOf(cell));
  let processes = Array.from({ length: 5 }, () => openProcess(ratio.prior, 3));
  return ({ canary, baseline }, random) => {
    const share = canary[0] / (canary[0] + baseline[0]);
    processes = processes.map((process) => {
      const ownCanary = canary[1] + poissonFrom(canary[0] * cell.base, random);
      const ownBaseline = baseline[1] + poissonFrom(baseline[0] * cell.base, random);
      return advance(process, ratio.prior, ratioGrowth(ratio, ownCanary, ownBaseline, share));
    });
    return mergeE(processes.map((process) => ({ weight: 0.2, e: eOf(process) }))) >= 1 / alpha;
  };
}

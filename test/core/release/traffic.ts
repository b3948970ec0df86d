import type { Effect } from '../../../core/flow/effect.ts';
import type { CanaryReading } from '../../../core/ports/metrics.ts';
import { start } from '../support/facts.ts';
import type { WorldOptions } from './world-options.ts';

/** What the two versions have counted of the traffic that they got. */
export class Traffic {
  private readonly counts = { canary: { requests: 0, errors: 0 }, baseline: { requests: 0, errors: 0 } };
  private countedAt = start;

  /** Lets it flow until `now`; `weight` is the new version's share, as the pipeline last set it. */
  flow(now: number, weight: number, options: WorldOptions): void {
    const seconds = (now - this.countedAt) / 1_000;
    const requests = (options.rps ?? 200) * seconds;
    const share = weight / 100;
    const rate = options.errorRate?.(weight, (now - start) / 1_000) ?? 0;
    this.counts.canary.requests += requests * share;
    this.counts.canary.errors += requests * share * rate;
    this.counts.baseline.requests += requests * (1 - share);
    this.counts.baseline.errors += requests * (1 - share) * (options.baselineErrorRate ?? 0);
    this.countedAt = now;
  }

  /** One reading of both versions, as the performer answers it. */
  read(
    { environment }: Extract<Effect, { kind: 'measureCanary' }>,
    now: number,
    weight: number,
    { blind, stageHasTraffic }: WorldOptions,
  ): { readonly reading: CanaryReading | null; readonly problem: string | null } {
    if (blind?.(weight) === true) return { reading: null, problem: 'provider answered 500' };
    const isStage = environment === 'stage';
    const none = { version: '', instances: [] };
    if (isStage && stageHasTraffic !== true) {
      return { reading: { at: now, canary: none, baseline: none }, problem: null };
    }
    const seconds = Math.floor((now - start) / 1_000);
    const canary = isStage ? { requests: seconds * 50, errors: 0 } : rounded(this.counts.canary);
    const arm = (version: string, counts: { requests: number; errors: number }) => ({
      version,
      instances: [{ id: `${version}-1`, ...counts, slow: null }],
    });
    const baseline = arm('v1.0.0', rounded(this.counts.baseline));
    return { reading: { at: now, canary: arm('v1.1.0', canary), baseline }, problem: null };
  }
}

function rounded(counts: { requests: number; errors: number }): { requests: number; errors: number } {
  return { requests: Math.floor(counts.requests), errors: Math.floor(counts.errors) };
}

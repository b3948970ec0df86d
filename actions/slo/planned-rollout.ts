import { z } from 'zod';
import { durationSchema } from '../../core/config/duration.ts';
import type { AnyGate } from '../../core/gate/gate.ts';

/**
 * What of `release.canary` says how a release is rolled out, with the defaults of the whole config. The schema of the
 * whole is not used: making it takes longer than everything else that a gate does before it begins.
 */
const releaseSchema = z.object({
  canary: z
    .object({
      steps: z.array(z.number().gt(0).max(100)).min(1).default([10, 50, 100]),
      soak: durationSchema.default(300_000),
      max_error_rate: z.number().gt(0).lt(1).default(0.05),
    })
    .prefault({}),
});

/**
 * The slo gate's options with the rollout that the release section plans, unless they name one: its steps for as long
 * as each must last, and a version as bad as it may be before it is certainly rolled back. Other gates keep theirs.
 */
export function withPlannedRollout(gate: AnyGate, rawOptions: unknown, release: unknown): unknown {
  if (gate.name !== 'slo' || release === undefined || release === null) return rawOptions;
  const options = rawOptions ?? {};
  if (typeof options !== 'object' || 'rollout' in options) return rawOptions;
  const planned = releaseSchema.safeParse(release);
  // Mistakes in that section are told by those who read all of it.
  if (!planned.success) return rawOptions;
  const { steps, soak, max_error_rate } = planned.data.canary;
  const rollout = { steps: steps.map((weight) => ({ weight, for: soak })), bad_ratio: max_error_rate };
  return { ...options, rollout };
}

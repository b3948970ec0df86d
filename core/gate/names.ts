import { z } from 'zod';

/** The five gates of the bundle, in the order in which they are shown. */
export const gateNames = ['slo', 'perf', 'supply-chain', 'migrations', 'policy'] as const;
export const gateNameSchema = z.enum(gateNames);
export type GateName = z.infer<typeof gateNameSchema>;

/** The check-run name of each gate: what rulesets require and pin to the App's `integration_id`. */
export const checkNameOf = {
  slo: 'slo-gates',
  perf: 'performance-gate',
  'supply-chain': 'supply-chain',
  migrations: 'migration-gate',
  policy: 'policy-ci',
} as const satisfies Record<GateName, string>;
export type CheckName = (typeof checkNameOf)[GateName];

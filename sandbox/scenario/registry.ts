import { breach } from './breach.ts';
import { flags } from './flags.ts';
import { governance } from './governance.ts';
import { kpis } from './kpis.ts';
import { preview } from './preview.ts';
import { release } from './release.ts';
import type { Scenario } from './scenario.ts';
import { unsafeMigration } from './unsafe-migration.ts';

/** Every scenario, in the order in which the demo plays them. */
export const scenarios: readonly Scenario[] = [
  unsafeMigration,
  release,
  flags,
  breach,
  kpis,
  preview,
  governance,
];

/** The scenarios that `name` needs, itself last; null when there is no such scenario. */
export function pathTo(name: string): readonly Scenario[] | null {
  const target = scenarios.find((one) => one.name === name);
  if (target === undefined) return null;
  return scenarios.filter((one) => one === target || target.after.includes(one.name));
}

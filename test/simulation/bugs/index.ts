import { auditBugs } from './audit.ts';
import { decisionBugs } from './decisions.ts';
import { lockBugs } from './locks.ts';
import type { PlantedBug } from './plant.ts';
import { processBugs } from './process.ts';
import { requestBugs } from './requests.ts';
import { storeBugs } from './store.ts';

export type { PlantedBug } from './plant.ts';

/** Ways to get it wrong. Each is switched on by its name, inside the simulation only. */
export const plantedBugs: readonly PlantedBug[] = [
  ...storeBugs,
  ...lockBugs,
  ...processBugs,
  ...requestBugs,
  ...decisionBugs,
  ...auditBugs,
];

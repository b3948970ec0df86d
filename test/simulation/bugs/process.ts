import type { PlantedBug } from './plant.ts';
import { withSql } from './plant.ts';

/** What keeps a process honest when others die, and when clocks differ. */
export const processBugs: readonly PlantedBug[] = [
  {
    name: 'acknowledged-before-commit',
    plant: (parts) => ({
      ...parts,
      acknowledge: async (stored) => {
        stored.catch(() => undefined);
        return 'stored';
      },
    }),
  },
  {
    name: 'lost-deliveries-not-swept',
    plant: (parts) => ({ ...parts, runsJob: (queue) => queue !== 'sweep-deliveries' }),
  },
  {
    // Nobody looks for what a killed process left, neither now and then nor at a start.
    name: 'unfinished-not-resumed',
    plant: (parts) =>
      withSql(parts, (text) =>
        /^select (?:key, not_before from effects|guid from deliveries)/.test(text)
          ? text.replace('order by', 'and $1::text is null order by')
          : null,
      ),
  },
  {
    name: 'jobs-sent-before-commit',
    plant: (parts) => ({
      ...parts,
      queue: { ...parts.queue, send: (_tx, queue, jobs) => parts.queue.send(parts.database, queue, jobs) },
      runsJob: (queue) => queue !== 'resume-unfinished',
    }),
  },
  {
    // A replica believes the clock of its own machine.
    name: 'wall-clock-trusted',
    plant: (parts) => ({
      ...parts,
      startClock: async (_database, wall) => ({ now: () => wall.now(), set: async () => undefined }),
    }),
  },
];
